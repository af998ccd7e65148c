// A model whose attributes are worked out by code, of every type, for the tests of calculated attributes.
import { dataStoreOf, defineModel, implement, session, type QueryAnswer } from 'keystamp';
import { openModel, type OpenModel } from './open-model.ts';

export const model = defineModel({
  dataClasses: {
    Team: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        members: { kind: 'relatedEntities', dataClass: 'Member', inverse: 'team' },
        size: { kind: 'calculated', type: 'long', exposed: true },
      },
    },
    Slot: {
      attributes: {
        room: { type: 'string', primKey: true },
        hour: { type: 'long', primKey: true },
      },
    },
    Member: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        given: { type: 'string' },
        family: { type: 'string' },
        team: { kind: 'relatedEntity', dataClass: 'Team' },
        full: { kind: 'calculated', type: 'string', exposed: true },
        initial: { kind: 'calculated', type: 'string', exposed: true },
        day: { kind: 'calculated', type: 'date', simpleDate: true, exposed: true },
        facts: { kind: 'calculated', type: 'object', exposed: true },
        leader: { kind: 'calculated', type: 'entity', dataClass: 'Member', exposed: true },
        peers: { kind: 'calculated', type: 'selection', dataClass: 'Member', exposed: true },
        hidden: { kind: 'calculated', type: 'string' },
        broken: { kind: 'calculated', type: 'long' },
        face: { kind: 'calculated', type: 'image', exposed: true },
        lent: { kind: 'calculated', type: 'bool', exposed: true },
        isRed: { kind: 'calculated', type: 'bool', exposed: true },
        others: { kind: 'calculated', type: 'string', exposed: true },
        card: { kind: 'calculated', type: 'object', exposed: true },
        slots: { kind: 'calculated', type: 'selection', dataClass: 'Slot', exposed: true },
        teamName: { kind: 'alias', path: 'team.name', exposed: true },
        teamSize: { kind: 'alias', path: 'team.size', exposed: true },
      },
    },
  },
});

/** How often `full` was worked out. */
export const counted = { reads: 0 };

export const app = implement(model, {
  dataClasses: {
    Team: {
      calculated: {
        size: {
          async get() {
            return this.members.length();
          },
        },
      },
    },
    Member: {
      functions: {
        listed: {
          exposed: true,
          run() {
            return this.query('ID < 4 order by ID desc');
          },
        },
      },
      entityFunctions: {
        echo: { exposed: true, run: (member: unknown) => member },
        itself: {
          exposed: true,
          run() {
            return this;
          },
        },
        renamed: {
          exposed: true,
          run(given: string) {
            return this.set({ given, team: null });
          },
        },
        called: {
          exposed: true,
          async run(full: string, family?: string) {
            this.full = full;
            if (family !== undefined) this.family = family;
            return this.save();
          },
        },
        among: {
          exposed: true,
          run() {
            return { me: this, others: this.getDataClass().query('ID < 3') };
          },
        },
      },
      calculated: {
        full: {
          get(event: { result: unknown }) {
            counted.reads++;
            if (this.family === null) event.result = null;
            return `${this.given} ${this.family}`;
          },
          set(value: string | null) {
            const [given = null, family = null] = value?.split(' ') ?? [];
            this.set({ given, family });
          },
        },
        initial: {
          get() {
            return this.given?.slice(0, 1) ?? null;
          },
          query({ operator, value }: { operator: string; value: string }) {
            if (value === 'throw') throw new Error('no such letter');
            return { query: `given ${operator} :1 AND given != null`, parameters: [`${value}@`] };
          },
          orderBy: ({ descending }: { descending: boolean }) => `given ${descending ? 'desc' : 'asc'}`,
        },
        day: { get: () => '2025-06-02' },
        facts: {
          get() {
            return { length: this.given?.length ?? 0 };
          },
        },
        leader: {
          async get() {
            return this.getDataClass().get(1);
          },
        },
        peers: {
          get() {
            return this.getDataClass().query('given != :1', this.given).orderBy('given desc');
          },
        },
        hidden: { get: () => 'secret' },
        broken: { get: () => 'no number' },
        face: { get: () => Buffer.from('no picture') },
        lent: { get: () => session.hasPrivilege('chief') },
        isRed: {
          get: () => true,
          async query({ value }: { value: boolean }): Promise<QueryAnswer> {
            const red: object | null = await ds.Team.get(1);
            return value ? { query: 'team = :1', parameters: [red] } : { query: 'team != :red', parameters: { red } };
          },
        },
        others: {
          async get() {
            const [other] = await this.getDataClass().query('ID != :1', this.ID).toArray();
            return other?.family ?? null;
          },
        },
        slots: { get: () => ds.Slot.all().orderBy('hour desc') },
        card: {
          async get() {
            const { family } = await this.toObject('family');
            const others = await this.getDataClass().query('ID = :1', this.ID).toCollection('ID, family');
            return { family, others };
          },
        },
      },
    },
  },
});

export const ds = dataStoreOf(app);

/** With a team of two, and one who is in none. */
export async function openFilled(): Promise<OpenModel> {
  const program = await openModel(app);
  await program.run(async () => {
    await ds.Team.new({ name: 'Red' }).save();
    await ds.Member.fromCollection([
      { given: 'Ada', family: 'Joubert', team: 1 },
      { given: 'Bo', family: null, team: 1 },
      { given: 'Cy', family: 'Stone' },
    ]);
  });
  return program;
}
