// A disk that is really full, under load, on SQLite: saves are refused in order, reads go on, what was acknowledged is
// there, and when there is room again saves work without a restart. Full in two ways that need no privileges: a file
// system of a few megabytes in a namespace of its own, and a limit on the size of files. A system without the one or the
// other skips it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildModel } from '../../src/model/load.ts';
import { checkData } from './check-data.ts';
import definition from './model.ts';
import { ServerProcess } from './server-process.ts';

const MiB = 1024 * 1024;
const writers = 8;
/** Refused saves after which the disk is full enough. */
const refusals = 24;
/** A disk is full, or has room again, long before so many. */
const mostSaves = 20_000;

interface Disk {
  readonly name: string;
  /** Whether this system has it. */
  readonly there: () => boolean;
  /** Words in front of the server's command. */
  readonly under: (data: string) => readonly string[];
  readonly makeRoom: (server: ServerProcess, data: string) => void;
  /** What refused saves are answered with. */
  readonly status: number;
  /** Whether the folder is there without the server. */
  readonly lasts: boolean;
}

const works = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** Room that is given back: enough for all that is saved then in the write-ahead log alone, when nothing clears it in time. */
const filler = 'filler';
const mount = `mount -t tmpfs -o size=${40 * MiB} none "$0" && head -c ${32 * MiB} /dev/zero > "$0/${filler}"`;

const disks: readonly Disk[] = [
  {
    name: 'a file system without room',
    there: () => works('unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs none /mnt'),
    under: (data) => ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', `${mount} && exec "$@"`, data],
    makeRoom: ({ pid }, data) => rmSync(`/proc/${pid}/root${data}/${filler}`),
    status: 507,
    lasts: false,
  },
  {
    name: 'files that may not grow',
    there: () => works('prlimit', `--fsize=${MiB}:`, 'true'),
    under: () => ['prlimit', `--fsize=${4 * MiB}:`],
    makeRoom: ({ pid }) => void execFileSync('prlimit', [`--pid=${pid}`, '--fsize=unlimited:']),
    status: 507,
    lasts: true,
  },
];

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

for (const disk of disks)
  test(disk.name, { skip: process.platform !== 'linux' || !disk.there() }, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'keystamp-full-'));
    writeFileSync(join(data, 'outside'), '');
    let server = new ServerProcess(data, {}, undefined, disk.under(data));
    t.after(async () => {
      await server.kill();
      rmSync(data, { recursive: true, force: true });
    });
    let url = await server.ready();
    const acknowledged = new Map<string, string>();
    const told = new Map<number, number>();
    let number = 0;
    const send = async (path: string, body?: string | Buffer): Promise<{ status: number; text: string }> => {
      const init = body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) }; // oxfmt-ignore
      const answer = await fetch(`${url}/rest/${path}`, init);
      return { status: answer.status, text: await answer.text() };
    };
    const save = async (): Promise<number> => {
      const code = `n${number++}`;
      const title = `${code} `.padEnd(12_000, `${code}.`);
      const { status, text } = await send('Note?$method=update', JSON.stringify({ code, title }));
      if (status === 200) acknowledged.set(code, title);
      else if (status === 507) assert.match(text, /The disk is full/);
      told.set(status, (told.get(status) ?? 0) + 1);
      return status;
    };
    const refused = (): number => [...told].reduce((sum, [status, count]) => sum + (status === 200 ? 0 : count), 0);
    const until = async (enough: () => boolean): Promise<void> => {
      const last = number + mostSaves;
      const writer = async (): Promise<void> => {
        while (!enough()) {
          assert.ok(number < last, `not within ${mostSaves} saves: ${JSON.stringify([...told])}`);
          // A client that was refused waits for a moment.
          if ((await save()) !== 200) await sleep(5);
        }
      };
      await Promise.all(Array.from({ length: writers }, writer));
    };
    /** Everything that was acknowledged is there, and nothing is there in part. */
    const check = async (): Promise<void> => {
      const { status, text } = await send(`Note?$top=100000&$attributes=code,title`);
      assert.equal(status, 200, text);
      const found = (JSON.parse(text) as { __ENTITIES: { code: string; title: string }[] }).__ENTITIES;
      const titles = new Map(found.map(({ code, title }) => [code, title]));
      for (const [code, title] of acknowledged) assert.equal(titles.get(code), title, code);
      for (const [code, title] of titles) assert.equal(title, `${code} `.padEnd(12_000, `${code}.`));
    };

    await until(() => refused() >= refusals);
    const before = acknowledged.size;
    t.diagnostic(`${before} saves were acknowledged; answers: ${JSON.stringify([...told])}`);
    assert.ok(before > 50);
    assert.deepEqual(
      [...told.keys()].filter((status) => status !== 200 && status !== disk.status),
      [],
    );
    await check();
    // What is larger than what is left.
    const file = await send('Note(n0)/file?$binary=true', Buffer.alloc(14 * MiB, 'x'));
    assert.ok([500, 507].includes(file.status), `${file.status} ${file.text}`);
    assert.equal((await send('Note(n0)')).status, 200);

    if (disk.lasts) {
      // Killed while it is full, and started again where there is as little room.
      await server.kill();
      assert.deepEqual(await checkData(data, buildModel(definition)), []);
      server = new ServerProcess(data, {}, undefined, disk.under(data));
      url = await server.ready();
      await check();
    }
    disk.makeRoom(server, data);
    await until(() => acknowledged.size >= before + 50);
    await check();
    assert.ok(server.alive);
    if (!disk.lasts) return;
    assert.equal(await server.stop(), 0);
    assert.deepEqual(await checkData(data, buildModel(definition)), []);
  });
