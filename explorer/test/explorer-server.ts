// A Keystamp with the explorer, for a test: a model with an attribute of every type, in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../server/src/config.ts';
import type { AppEvent } from '../../server/src/events.ts';
import { listen, stop } from '../../server/src/http/listen.ts';
import { createServer } from '../../server/src/http/server.ts';
import { openKeystamp, openKeystamps } from '../../server/src/keystamp.ts';
import { defineModel } from '../../server/src/model/definition.ts';
import { buildModel } from '../../server/src/model/load.ts';
import { implement } from '../../server/src/orm/implement.ts';
import { throwError } from '../../server/src/orm/throw-error.ts';
import { buildExplorer, isStale } from '../../tools/build-explorer.ts';
import '../../server/test/kept-converters.ts';

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

/** `ada` may log in, and `root`, who administers the server. A function of every kind, and of every kind of result. */
const clubModel = buildModel(
  implement(club, {
    directory: {
      login(name, password) {
        if (password !== 'secret') return false;
        if (name === 'root') return { name, belongsTo: ['WebAdmin'] };
        return name === 'ada' && { name, fullName: 'Ada Joubert' };
      },
    },
    functions: {
      greet: { exposed: true, run: (name: string, loud = false) => (loud ? `HELLO ${name}` : { greeting: name }) },
      fail: {
        exposed: true,
        run(): never {
          throwError({ errCode: 4711, message: 'Not today' });
        },
      },
    },
    dataClasses: {
      Member: {
        functions: {
          richest: {
            exposed: true,
            onHttpGet: true,
            parameters: ['number'],
            run(howMany: number) {
              return this.query('fee != null order by fee desc').slice(0, howMany);
            },
          },
        },
        selectionFunctions: {
          howMany: {
            exposed: true,
            onHttpGet: true,
            async run() {
              return { members: await this.length() };
            },
          },
        },
        entityFunctions: {
          promote: {
            exposed: true,
            async run(levels: number) {
              this.level = (this.level ?? 0) + levels;
              await this.save();
              return this;
            },
          },
          portrait: {
            exposed: true,
            onHttpGet: true,
            run() {
              return this.photo;
            },
          },
        },
      },
    },
    singletons: {
      Door: {
        scope: 'session',
        state: () => ({ knocks: 0 }),
        functions: {
          knock: {
            exposed: true,
            run() {
              this.knocks++;
            },
          },
        },
      },
    },
  }),
);

/** Another model, for servers of both. */
const library = buildModel(
  defineModel({
    name: 'library',
    dataClasses: {
      Book: {
        track: true,
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          title: { type: 'string', mandatory: true },
          cover: { type: 'image' },
        },
      },
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

/**
 * Starts on a free port, in an empty folder, with the explorer as its sources stand.
 * @param both serves the model `library` beside the club
 */
export async function startExplorer(flags: Partial<Config> = {}, both = false): Promise<ExplorerServer> {
  if (isStale()) await buildExplorer();
  const data = await mkdtemp(join(tmpdir(), 'keystamp-explorer-'));
  const config = readConfig({ port: 0, conversionSeconds: 120, ...flags, data });
  let answered: Answered[] = [];
  const onEvent = (event: AppEvent): void => {
    if (event.kind === 'answered') answered.push(event);
  };
  const models = both ? [clubModel, library] : [clubModel];
  const keystamp = both ? await openKeystamps(models, config, onEvent) : await openKeystamp(clubModel, config, onEvent);
  const names = both ? models.map(({ name }) => name) : [];
  const http = createServer(keystamp.handle, config, { models: names });
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
