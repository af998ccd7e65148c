// A Keystamp with the explorer, for a test: a model with an attribute of every type, in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../server/src/config.ts';
import type { AppEvent } from '../../server/src/events.ts';
import { listen, stop } from '../../server/src/http/listen.ts';
import { createServer } from '../../server/src/http/server.ts';
import { openKeystamp } from '../../server/src/keystamp.ts';
import { defineModel } from '../../server/src/model/definition.ts';
import { buildModel } from '../../server/src/model/load.ts';
import { implement } from '../../server/src/orm/implement.ts';
import { buildExplorer, isStale } from '../../tools/build-explorer.ts';

const club = defineModel({
  name: 'club',
  dataClasses: {
    Team: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', mandatory: true, indexed: true, maxLength: 40 },
        crest: { type: 'image' },
        members: { kind: 'relatedEntities', dataClass: 'Member', inverse: 'team' },
      },
    },
    Member: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', mandatory: true, indexed: true, maxLength: 40 },
        about: { type: 'text' },
        card: { type: 'uuid', autogenerate: true },
        active: { type: 'bool', defaultValue: true },
        level: { type: 'byte' },
        shirt: { type: 'word' },
        points: { type: 'long' },
        steps: { type: 'long64' },
        fee: { type: 'number', maxValue: 1000 },
        best: { type: 'duration' },
        born: { type: 'date', simpleDate: true },
        seen: { type: 'date' },
        extra: { type: 'object' },
        photo: { type: 'image' },
        contract: { type: 'blob' },
        teamID: { type: 'long', indexed: true },
        team: { kind: 'relatedEntity', dataClass: 'Team', foreignKey: 'teamID' },
      },
    },
  },
});

/** `ada` may log in. */
const clubModel = buildModel(
  implement(club, {
    directory: {
      login: (name, password) =>
        Promise.resolve(name === 'ada' && password === 'secret' && { name, fullName: 'Ada Joubert' }),
    },
  }),
);

export type Answered = Extract<AppEvent, { kind: 'answered' }>;

export interface ExplorerServer {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** What was answered since the last call, in its order. */
  takeAnswered(): readonly Answered[];
  end(): Promise<void>;
}

/** Starts on a free port, in an empty folder, with the explorer as its sources stand. */
export async function startExplorer(flags: Partial<Config> = {}): Promise<ExplorerServer> {
  if (isStale()) await buildExplorer();
  const data = await mkdtemp(join(tmpdir(), 'keystamp-explorer-'));
  const config = readConfig({ port: 0, ...flags, data });
  let answered: Answered[] = [];
  const keystamp = await openKeystamp(clubModel, config, (event) => {
    if (event.kind === 'answered') answered.push(event);
  });
  const http = createServer(keystamp.handle, config);
  const url = await listen(http, config);
  return {
    url,
    takeAnswered() {
      const taken = answered;
      answered = [];
      return taken;
    },
    async end() {
      await stop(http, config);
      await keystamp.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
