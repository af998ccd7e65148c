// Events: their order for every way an entity is made, changed and dropped, and what an error does at each place
// (spec 15 §§ 10, 11).
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { dataStoreOf, defineModel, implement, throwError } from 'keystamp';
import { picture } from '../wire/pictures.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask, save } from './rest.ts';

const model = defineModel({
  dataClasses: {
    Team: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        members: { kind: 'relatedEntities', dataClass: 'Member', inverse: 'team' },
      },
    },
    Member: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', maxLength: 20 },
        salary: { type: 'number', minValue: 0, defaultValue: 10 },
        note: { type: 'string' },
        photo: { type: 'image' },
        team: { kind: 'relatedEntity', dataClass: 'Team', onDrop: 'cascade' },
      },
    },
    Plain: { attributes: { ID: { type: 'long', primKey: true, autosequence: true }, name: { type: 'string' } } },
  },
});

/** What happened, in order. */
let trace: string[] = [];
/** What an event says: by its kind, or `kind attribute`. */
let says: Record<string, unknown> = {};

interface Event {
  readonly kind: string;
  readonly attributeName?: string;
  readonly dataClassName: string;
  readonly saveStatus?: string;
  readonly dropStatus?: string;
  readonly savedAttributes?: readonly string[];
  readonly status?: { readonly success: boolean; readonly status?: number };
}

/** Written down, then whatever the test wants the event to say. */
async function heard(this: { name?: unknown }, event: Event): Promise<unknown> {
  const level = event.attributeName === undefined ? '' : ` ${event.attributeName}`;
  const name = `${event.kind}${level}`;
  const outcome = event.saveStatus ?? event.dropStatus;
  trace.push(`${name}${outcome === undefined ? '' : ` ${outcome}`}${event.savedAttributes ? ` ${event.savedAttributes.join(',')}` : ''}`); // oxfmt-ignore
  await Promise.resolve();
  const say = says[name];
  return typeof say === 'function' ? await (say as (entity: unknown) => unknown)(this) : say;
}

/** Events of assignments cannot wait. */
function noted(event: Event): void {
  trace.push(`${event.kind}${event.attributeName === undefined ? '' : ` ${event.attributeName}`}`);
}

const app = implement(model, {
  dataClasses: {
    Member: {
      events: {
        constructor(event: Event) {
          noted(event);
        },
        touched: noted,
        validateSave: heard,
        saving: heard,
        afterSave: heard,
        validateDrop: heard,
        dropping: heard,
        afterDrop: heard,
        attributes: {
          note: { validateSave: heard, saving: heard },
          salary: { validateSave: heard, saving: heard, validateDrop: heard, dropping: heard },
        },
      },
    },
  },
});

const ds = dataStoreOf(app);
let program: OpenModel;

before(async () => {
  program = await openModel(app);
  await program.run(async () => {
    await ds.Team.new({ name: 'Red' }).save();
    await ds.Member.new({ name: 'Ada', salary: 5, team: 1 }).save();
    await ds.Member.new({ name: 'Bo', salary: 6 }).save();
  });
});
beforeEach(() => {
  trace = [];
  says = {};
});
after(() => program.close());

const stampOf = (id: number): Promise<number | undefined> =>
  program.run(async () => (await ds.Member.get(id))?.getStamp());

test('create by REST: made, assigned, asked, stored, told', async () => {
  const { status, body } = await save(program, 'Member', { name: 'Cy', salary: 7 });
  assert.equal(status, 200);
  assert.equal(body.__STAMP, 1);
  assert.deepEqual(trace, [
    'constructor',
    'touched name',
    'touched salary',
    'validateSave salary',
    'validateSave',
    'saving salary',
    'saving',
    'afterSave success name,salary',
  ]);
});

test('update by REST: only what differs is touched, and only what is touched is asked', async () => {
  const { status, body } = await save(program, 'Member', { __KEY: '2', name: 'Bo', note: 'late' });
  assert.equal(status, 200);
  assert.equal(body.__STAMP, 2);
  assert.deepEqual(trace, [
    'touched note',
    'validateSave note',
    'validateSave',
    'saving note',
    'saving',
    'afterSave success note',
  ]);
});

test('update by REST without an effect: nothing runs, the stamp stays', async () => {
  const before = await stampOf(2);
  const { status, body } = await save(program, 'Member', { __KEY: '2', name: 'Bo', note: 'late' });
  assert.equal(status, 200);
  assert.equal(body.__STAMP, before);
  assert.deepEqual(trace, []);
});

test('save in code: the entity is asked even when nothing was touched, told only when something was', () =>
  program.run(async () => {
    const bo = (await ds.Member.get(2))!;
    assert.deepEqual(await bo.save(), { success: true });
    assert.deepEqual(trace, ['validateSave', 'saving']);
    trace = [];
    bo.salary = 6;
    assert.deepEqual(trace, ['touched salary']);
    assert.equal((await bo.save()).success, true);
    assert.deepEqual(trace.slice(1), ['validateSave salary', 'validateSave', 'saving salary', 'saving', 'afterSave success salary']); // oxfmt-ignore
  }));

test('new and fromCollection in code', () =>
  program.run(async () => {
    const made = ds.Member.new({ name: 'Dag' });
    assert.deepEqual(trace, ['constructor', 'touched name']);
    assert.equal(made.salary, 10);
    trace = [];
    await ds.Member.fromCollection([{ name: 'Eva' }]);
    assert.deepEqual(trace, ['constructor', 'touched name', 'validateSave', 'saving', 'afterSave success name']);
  }));

test('what saving changes is told as saved too, even when nothing else was touched', () =>
  program.run(async () => {
    says['saving'] = (member: { note: string }) => void (member.note = `noted ${String(member.note)}`);
    const bo = (await ds.Member.get(2))!;
    await bo.save();
    assert.deepEqual(trace.slice(-1), ['afterSave success note']);
    bo.salary = 8;
    await bo.save();
    assert.deepEqual(trace.slice(-1), ['afterSave success salary,note']);
  }));

test('a relation and its foreign key are touched together', () =>
  program.run(async () => {
    const bo = (await ds.Member.get(2))!;
    bo.set({ team: 1 });
    assert.deepEqual(trace, ['touched team__key', 'touched team']);
    assert.deepEqual(bo.touchedAttributes(), ['team']);
  }));

test('saving may change the entity; what it changes is checked again', async () => {
  says['saving'] = (member: { note: string }) => {
    member.note = `${member.note}!`;
  };
  const good = await save(program, 'Member', { __KEY: '2', note: 'soon' });
  assert.equal(good.body.note, 'soon!');
  says['saving'] = (member: { name: string }) => {
    member.name = 'x'.repeat(21);
  };
  const before = await stampOf(2);
  const bad = await save(program, 'Member', { __KEY: '2', note: 'now' });
  assert.equal(bad.status, 400);
  assert.deepEqual(bad.body.__ERROR.map((line: { errCode: number }) => line.errCode), [1592, 1570, 1517]); // oxfmt-ignore
  assert.equal(await stampOf(2), before);
  assert.equal(trace.at(-1), 'afterSave failed name,note');
});

test('constraints come before events, all of them at once', async () => {
  const { status, body } = await save(program, 'Member', { name: 'x'.repeat(21), salary: -1 });
  assert.equal(status, 400);
  assert.deepEqual(body.__ERROR.map((line: { errCode: number }) => line.errCode), [1592, 1568, 1570, 1534]); // oxfmt-ignore
  assert.deepEqual(trace, ['constructor', 'touched name', 'touched salary', 'afterSave failed name,salary']);
});

test('a stale client gets the answer that lets it merge, and no event runs', async () => {
  const { status, body } = await save(program, 'Member', { __KEY: '2', __STAMP: 1, note: 'stale' });
  assert.equal(status, 409);
  assert.equal(body.__STATUS.status, 2);
  assert.deepEqual(trace, []);
});

test('in code the events come before the stamp', () =>
  program.run(async () => {
    const [one, other] = [(await ds.Member.get(2))!, (await ds.Member.get(2))!];
    one.note = 'first';
    await one.save();
    trace = [];
    other.note = 'second';
    says['validateSave'] = { errCode: 7, message: 'no' };
    assert.equal((await other.save()).status, 7);
    says = {};
    assert.equal((await other.save()).status, 2);
    assert.equal(trace.at(-1), 'afterSave failed note');
  }));

const error = { errCode: 4711, message: 'Too much', extraDescription: { limit: 3 } };

for (const [place, status, statusText, seen] of [
  ['validateSave salary', 7, 'Mild Validation Error', ['validateSave salary']],
  ['validateSave', 7, 'Mild Validation Error', ['validateSave salary', 'validateSave']],
  ['saving salary', 7, 'Mild Validation Error', ['validateSave salary', 'validateSave', 'saving salary']],
] as const)
  test(`an error of ${place} ends the save`, async () => {
    const serious = place.startsWith('saving');
    says[place] = error;
    const before = await stampOf(1);
    const { status: http, body } = await save(program, 'Member', { __KEY: '1', salary: 99 });
    assert.equal(http, 400);
    assert.deepEqual(body.__STATUS, serious
      ? { status: 8, statusText: 'Serious Validation Error', success: false }
      : { status, statusText, success: false }); // oxfmt-ignore
    assert.deepEqual(body.__ERROR[0], { message: 'Too much', componentSignature: 'DBEV', errCode: 4711, extraDescription: { limit: 3 } }); // oxfmt-ignore
    assert.equal(body.__ERROR[1].errCode, 1517);
    assert.equal(body.salary, 5);
    assert.equal(await stampOf(1), before);
    assert.deepEqual(trace, ['touched salary', ...seen, 'afterSave failed salary']);
  });

test('an error that waits for the end of the event ends the save too', async () => {
  says['validateSave'] = () => throwError({ errCode: 5, message: 'later', deferred: true });
  const { status, body } = await save(program, 'Member', { __KEY: '1', salary: 99 });
  assert.equal(status, 400);
  assert.deepEqual(body.__ERROR[0], { message: 'later', componentSignature: 'host', errCode: 5 });
  assert.equal(body.salary, 5);
  says = {};
  assert.equal((await save(program, 'Member', { __KEY: '1', note: 'nothing waits any more' })).status, 200);
});

test('mild errors are results, serious ones are thrown too, unless asked not to', () =>
  program.run(async () => {
    const ada = (await ds.Member.get(1))!;
    ada.note = 'x';
    says['validateSave'] = { errCode: 1, message: 'mild' };
    assert.deepEqual(await ada.save(), {
      success: false,
      status: 7,
      statusText: 'Mild Validation Error',
      errors: [
        { message: 'mild', componentSignature: 'DBEV', errCode: 1 },
        { message: 'The entity# 1 of the datastore class "Member" cannot be saved', componentSignature: 'dbmg', errCode: 1517 },
      ],
    }); // oxfmt-ignore
    says['validateSave'] = { errCode: 2, message: 'serious', seriousError: true };
    await assert.rejects(ada.save(), /serious/);
    assert.equal((await ada.save({ throws: false })).status, 8);
    says = { saving: { errCode: 3, message: 'in saving' } };
    await assert.rejects(ada.save(), /in saving/);
    says = { saving: () => { throw { errCode: 4, message: 'thrown' }; } }; // oxfmt-ignore
    assert.deepEqual((await ada.save({ throws: false })).errors?.[0], { message: 'thrown', componentSignature: 'DBEV', errCode: 4 }); // oxfmt-ignore
  }));

test('a fault of the code is a 500 of that entity, logged, and undone', async () => {
  says['saving'] = () => {
    throw new Error('oops');
  };
  const before = await stampOf(1);
  const { status, body } = await save(program, 'Member', [
    { __KEY: '1', note: 'y' },
    { __KEY: '99', note: 'z' },
  ]);
  assert.equal(status, 500);
  assert.deepEqual(body.__ENTITIES[0].__ERROR[0], { message: 'oops', componentSignature: 'DBEV', errCode: -1 });
  assert.equal(body.__ENTITIES[1].__ERROR[0].errCode, 1542);
  assert.equal(await stampOf(1), before);
  assert.ok(program.events.some((event) => event.kind === 'functionThrew'));
});

test('what events write is undone with the save; what others see is never in between', async () => {
  const count = () => program.run(() => ds.Plain.getCount());
  says['saving'] = async () => {
    await ds.Plain.new({ name: 'log' }).save();
    assert.equal(await ds.Plain.getCount(), 1);
    // Another call sees nothing of it yet.
    return { errCode: 5, message: 'after all not' };
  };
  assert.equal((await save(program, 'Member', { __KEY: '1', note: 'w' })).status, 400);
  assert.equal(await count(), 0);
  says['saving'] = async () => void (await ds.Plain.new({ name: 'log' }).save());
  assert.equal((await save(program, 'Member', { __KEY: '1', note: 'w' })).status, 200);
  assert.equal(await count(), 1);
});

test('an event cannot save the entity that it is called for, whatever it tries', async () => {
  for (const place of ['validateSave', 'saving', 'afterSave']) {
    let refusal: unknown;
    says = {
      [`${place}`]: async (member: { save(): Promise<unknown> }) => {
        await member.save().catch((thrown: unknown) => (refusal = thrown));
      },
      'afterSave success': undefined,
    };
    await save(program, 'Member', { __KEY: '1', note: `${place}` });
    assert.match(String(refusal), /cannot save/);
  }
});

test('what is assigned after the events of a save stays to be saved, by afterSave too', () =>
  program.run(async () => {
    const member = ds.Member.new({ name: 'Lea', note: 'new' });
    await member.save();
    says['saving'] = () => {
      member.salary = 20;
    };
    const written = Promise.withResolvers<void>();
    says['afterSave'] = (saved: { salary: number }) => {
      saved.salary = 30;
      written.resolve();
    };
    const saving = member.set({ note: 'a' }).save();
    await written.promise;
    member.note = 'b';
    await saving;
    says = {};
    assert.deepEqual(member.touchedAttributes(), ['salary', 'note']);
    const stored = (await ds.Member.get(member.ID))!;
    assert.deepEqual([stored.salary, stored.note], [20, 'a']);
    await member.save();
    await stored.reload();
    assert.deepEqual([stored.salary, stored.note], [30, 'b']);
    await member.drop();
  }));

test('what afterSave throws changes nothing', async () => {
  says['afterSave'] = () => {
    throw new Error('too late');
  };
  const { status, body } = await save(program, 'Member', { __KEY: '1', note: 'thrown after' });
  assert.equal(status, 200);
  assert.equal(body.note, 'thrown after');
});

test('validate asks, stores nothing, tells nobody', async () => {
  const { status } = await ask(program, 'POST', '/rest/Member?$method=validate', { __KEY: '1', note: 'v' });
  assert.equal(status, 200);
  assert.deepEqual(trace, ['touched note', 'validateSave note', 'validateSave']);
  says['validateSave'] = error;
  const bad = await ask(program, 'POST', '/rest/Member?$method=validate', { __KEY: '1', note: 'v' });
  assert.equal(bad.status, 400);
  assert.equal(bad.body.__ENTITIES[0].__ERROR[0].errCode, 4711);
});

test('refresh makes and assigns, and asks nobody', async () => {
  const { status, body } = await save(program, 'Member', { name: 'Fay' }, '&$refresh=true');
  assert.equal(status, 200);
  assert.equal(body.__STAMP, 0);
  assert.equal(body.salary, 10);
  assert.deepEqual(trace, ['constructor', 'touched name']);
});

test('bytes straight into a picture', async () => {
  const { status } = await ask(program, 'POST', '/rest/Member(1)/photo?$rawPict=image/png', await picture('png'));
  assert.equal(status, 200);
  assert.deepEqual(trace, ['touched photo', 'validateSave', 'saving', 'afterSave success photo']);
});

test('several at once: each for itself; atomic: all are told that they failed', async () => {
  says['validateSave note'] = (member: { note: string }) => (member.note === 'bad' ? error : undefined);
  const rows = [{ __KEY: '1', note: 'good' }, { __KEY: '2', note: 'bad' }]; // oxfmt-ignore
  const each = await save(program, 'Member', rows);
  assert.equal(each.body.__ENTITIES[0].note, 'good');
  assert.equal(each.body.__ENTITIES[1].__ERROR[0].errCode, 4711);
  trace = [];
  const all = await save(program, 'Member', [{ __KEY: '1', note: 'better' }, rows[1]], '&$atomic=true');
  assert.equal(all.status, 400);
  assert.deepEqual(trace.filter((line) => line.startsWith('after')), ['afterSave failed note', 'afterSave failed note']); // oxfmt-ignore
  assert.equal(await program.run(async () => (await ds.Member.get(1))?.note), 'good');
});

test('drop: asked at both levels, then told; an error keeps the entity', async () => {
  const key = await program.run(async () => {
    const made = ds.Member.new({ name: 'Gone' });
    await made.save();
    return made.ID;
  });
  trace = [];
  says['dropping'] = error;
  const kept = await ask(program, 'DELETE', `/rest/Member(${key})`);
  assert.equal(kept.status, 400);
  assert.deepEqual(kept.body.__ERROR.map((line: { errCode: number }) => line.errCode), [4711, 1518]); // oxfmt-ignore
  assert.deepEqual(trace, ['validateDrop salary', 'validateDrop', 'dropping salary', 'dropping', 'afterDrop failed']);
  says = {};
  trace = [];
  assert.equal((await ask(program, 'DELETE', `/rest/Member(${key})`)).status, 200);
  assert.equal(trace.at(-1), 'afterDrop success');
  await program.run(async () => {
    assert.equal(await ds.Member.get(key), null);
    const late = ds.Member.new({ name: 'Late' });
    await late.save();
    trace = [];
    assert.deepEqual(await late.drop(), { success: true });
    assert.equal(trace.length, 5);
    assert.equal(late.name, 'Late');
  });
});

test('entities that go with another one have their events', async () => {
  says['validateDrop'] = error;
  const kept = await ask(program, 'DELETE', '/rest/Team(1)');
  assert.equal(kept.status, 400);
  assert.deepEqual(kept.body.__ERROR.map((line: { errCode: number }) => line.errCode), [4711, 1518, 1518]); // oxfmt-ignore
  says = {};
  trace = [];
  assert.equal((await ask(program, 'DELETE', '/rest/Team(1)')).status, 200);
  assert.deepEqual(trace, ['validateDrop salary', 'validateDrop', 'dropping salary', 'dropping', 'afterDrop success']);
  assert.equal(await stampOf(1), undefined);
});

test('saved by REST, a relation and its foreign key are touched together too', async () => {
  const { body } = await save(program, 'Team', { name: 'Late' });
  trace = [];
  const { status } = await save(program, 'Member', { name: 'Rex', team: Number(body.__KEY) });
  assert.equal(status, 200);
  assert.deepEqual(
    trace.filter((line) => line.startsWith('touched')),
    ['touched name', 'touched team', 'touched team__key'],
    'in the order of the attributes',
  );
});
