// A server without HTTP for small programs that use the server API: a real database, real pictures, a small model with
// data.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataStoreOf, defineModel } from 'keystamp';
import { readConfig, type Config } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import { CallContext } from '../../src/orm/call-context.ts';
import { runInCall } from '../../src/orm/current-call.ts';
import type { Session, Ticket } from '../../src/session/session.ts';
import { Visitor } from '../../src/session/visitor.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';
import '../kept-converters.ts';

export const definition = defineModel({
  name: 'people',
  dataClasses: {
    Company: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', mandatory: true, unique: true },
        city: { type: 'string' },
        founded: { type: 'date', simpleDate: true },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', maxLength: 20 },
        salary: { type: 'number', minValue: 0 },
        active: { type: 'bool', defaultValue: true },
        born: { type: 'date', simpleDate: true },
        seen: { type: 'date' },
        serial: { type: 'long64' },
        badge: { type: 'uuid', autogenerate: true },
        spec: { type: 'object' },
        secret: { type: 'string', scope: 'publicOnServer' },
        photo: { type: 'image' },
        paper: { type: 'blob' },
        employer: { kind: 'relatedEntity', dataClass: 'Company' },
        boss: { kind: 'relatedEntity', dataClass: 'Employee' },
      },
    },
    Page: {
      attributes: {
        book: { type: 'string', primKey: true },
        number: { type: 'long', primKey: true },
        text: { type: 'string' },
      },
    },
  },
});

export const ds = dataStoreOf(definition);

export interface Program {
  readonly keystamp: Keystamp;
  readonly events: readonly AppEvent[];
  /** Runs code as one call, of a session if one is given. */
  run<T>(work: () => Promise<T>, session?: Session): Promise<T>;
  /** A session as a client has it. */
  newSession(): Promise<Session>;
  close(): Promise<void>;
}

/** Where programs keep their data; `postgres.test.ts` runs all of them again on the other one. */
export const engine: { name: 'sqlite' | 'postgres' } = { name: 'sqlite' };

/** With the companies Acme (1), Borealis (2) and Cordoba (3), and six employees. */
export async function openProgram(settings: Partial<Config> = {}): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-orm-'));
  const events: AppEvent[] = [];
  const model = buildModel(definition);
  const database = engine.name === 'postgres' ? await newDatabase() : '';
  const config = readConfig({ data: folder, database, converters: 1, ...settings });
  const keystamp = await openKeystamp(model, config, (event) => void events.push(event));
  const { services } = keystamp;
  const tickets = new WeakMap<Session, Ticket>();
  const program: Program = {
    keystamp,
    events,
    async run(work, session) {
      const caller = new Visitor(services, session && tickets.get(session));
      const context = new CallContext({ model, services, caller });
      try {
        return await runInCall(context, work);
      } finally {
        await context.end();
      }
    },
    async newSession() {
      const ticket = services.sessions.create();
      await ticket.session.stored;
      tickets.set(ticket.session, ticket);
      return ticket.session;
    },
    async close() {
      await keystamp.close();
      rmSync(folder, { recursive: true, force: true });
      if (database !== '') await dropDatabase(database);
    },
  };
  await program.run(sowPeople);
  return program;
}

async function sowPeople(): Promise<void> {
  await ds.Company.fromCollection([
    { name: 'Acme', city: 'Lyon', founded: '1949-04-03' },
    { name: 'Borealis', city: 'Tromsø' },
    { name: 'Cordoba', city: null },
  ]);
  await ds.Employee.fromCollection([
    { name: 'Ada', salary: 52000, employer: 1, born: '1985-12-10', spec: { size: 38, tags: ['a', 'b'] } },
    { name: 'Bo', salary: 61000, employer: 1, boss: 1 },
    { name: 'Carla', salary: 900, employer: 1, boss: 1, spec: { size: 40 } },
    { name: 'Dag', salary: 38000.5, employer: 2, active: false },
    { name: 'Eva', salary: null, employer: 2, boss: 4 },
    { name: 'Femi', salary: 61000, employer: null, seen: new Date(Date.UTC(2025, 4, 30)), serial: 9007199254740993n },
  ]);
}
