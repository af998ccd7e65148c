// The company with functions for the conversations about functions: one for each row of spec 12.
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { implement, OutgoingMessage, throwError, webForm, type Entity, type EntitySelection } from 'keystamp';
import { model } from '../../../examples/company/model.ts';

type Employee = Entity<typeof model, unknown, 'Employee'>;
type Employees = EntitySelection<typeof model, unknown, 'Employee'>;

/** What a parameter is, for tests that send every kind. */
const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : value instanceof Date ? 'date' : typeof value;

const circle: { self?: unknown } = {};
circle.self = circle;

export default implement(model, {
  functions: {
    echo: { exposed: true, onHttpGet: true, run: (...values: readonly unknown[]) => values },
    first: { exposed: true, onHttpGet: true, run: (value: unknown) => value },
    kinds: { exposed: true, run: (...values: readonly unknown[]) => values.map(kindOf) },
    defaults: { exposed: true, run: (a = 'none', b?: unknown) => ({ a, b: b === undefined ? 'undefined' : b }) },
    nothing: { exposed: true, onHttpGet: true, run: () => undefined },
    hidden: { run: () => 'hidden' },
    numbers: { exposed: true, run: () => [Number.NaN, Infinity, 9007199254740993n, 7n, 1.5] },
    day: { exposed: true, run: () => new Date(Date.UTC(2024, 4, 2)) },
    circle: { exposed: true, run: () => circle },
    nested: {
      exposed: true,
      async run() {
        return {
          boss: await this.Employee.get(1),
          none: await this.Employee.get(99),
          staff: this.Employee.query('ID in :1 order by ID desc', [2, 3]),
          logo: (await this.Company.get(7))?.logo,
        };
      },
    },
    entity: { exposed: true, onHttpGet: true, run(key: number) { return this.Employee.get(key); } },
    unsaved: { exposed: true, run() { return this.Employee.new({ lastName: 'Nova', salary: 5, employer: 7 }); } },
    changed: {
      exposed: true,
      async run() {
        const ada = await this.Employee.get(1);
        return ada?.set({ lastName: 'Changed', employer: 11, spec: { size: 1 } });
      },
    },
    company: { exposed: true, run(key: number) { return this.Company.get(key); } },
    everybody: { exposed: true, onHttpGet: true, run() { return this.Employee.all(); } },
    sorted: { exposed: true, run() { return this.Employee.query('order by lastName desc'); } },
    nobody: { exposed: true, run() { return this.Employee.query('ID = 0'); } },
    picture: { exposed: true, onHttpGet: true, async run() { return (await this.Employee.get(1))?.photo; } },
    bytes: { exposed: true, run: () => Buffer.from('raw bytes') },
    save: {
      exposed: true,
      async run(person: Employee) {
        return person.save({ throws: false });
      },
    },
    saveAndThrow: { exposed: true, async run(person: Employee) { await person.save(); } },
    keep: {
      exposed: true,
      async run(person: Employee) {
        await person.save();
        return person;
      },
    },
    look: {
      exposed: true,
      async run(person: Employee) {
        const employer = await person.employer;
        return { isNew: person.isNew(), touched: person.touchedAttributes(), lastName: person.lastName, employer: employer?.name };
      },
    },
    names: {
      exposed: true,
      async run(people: Employees) {
        return { names: await people.extract('lastName'), ordered: people.isOrdered(), alterable: people.isAlterable() };
      },
    },
    typed: {
      exposed: true,
      onHttpGet: true,
      parameters: ['Employee', 'number', 'EmployeeSelection?', 'object?'],
      async run(person: Employee, days: number, others?: Employees | null, _more?: unknown) {
        return { name: person.lastName, days, others: others ? await others.length() : null };
      },
    },
    throwCode: { exposed: true, run(code: number, message?: string) { throwError(code, message); } },
    throwDetails: {
      exposed: true,
      run() { throwError({ errCode: 4242, message: '{what} must grow, {else}', what: 'Salary', componentSignature: 'payr' }); },
    },
    throwPlain: { exposed: true, async run() { throw { message: 'plain' }; } },
    throwNative: { exposed: true, async run() { throw new Error('outer', { cause: new Error('inner') }); } },
    throwLater: {
      exposed: true,
      async run(also: boolean) {
        throwError({ errCode: 1, message: 'first', deferred: true });
        throwError({ errCode: 2, message: 'second', deferred: true });
        if (also) throw new Error('third');
        return 'not reached';
      },
    },
    badQuery: { exposed: true, run() { return this.Employee.query('wage > 5'); } },
    alter: { exposed: true, run() { return this.Employee.all().add(this.Employee.query('ID = 1')); } },
    leaveOpen: {
      exposed: true,
      async run() {
        await this.startTransaction();
        await this.startTransaction();
        await this.Employee.new({ lastName: 'Lost' }).save();
        await this.validateTransaction();
        return this.Employee.getCount();
      },
    },
    slow: {
      exposed: true,
      async run() {
        await this.startTransaction();
        await this.Employee.new({ lastName: 'Slow' }).save();
        await wait(5000);
      },
    },
    say: {
      exposed: true,
      async run(what: string) {
        webForm.setMessage('not this one');
        webForm.setWarning('Saved');
        if (what === 'entity') return this.Employee.get(5);
        if (what === 'selection') return this.Employee.query('ID = 5');
        return what === 'nothing' ? undefined : what;
      },
    },
    sayError: { exposed: true, run() { webForm.setError('Wrong'); } },
    lockAndWait: {
      exposed: true,
      async run(key: number) {
        const result = await (await this.Employee.get(key))?.lock();
        await wait(300);
        return result;
      },
    },
    message: {
      exposed: true,
      onHttpGet: true,
      async run(what: string) {
        const message = new OutgoingMessage();
        if (what === 'text') return message.setBody('hello');
        if (what === 'object') return message.setBody({ a: [1, null] }).setStatus(201);
        if (what === 'blob') return message.setBody(Buffer.from('blob'));
        if (what === 'picture') return message.setBody((await this.Employee.get(1))?.photo);
        if (what === 'type') return message.setBody('<p>').setHeader('Content-Type', 'text/html; charset=UTF-8');
        if (what === 'before') return message.setHeader('Content-Type', 'text/html').setBody('plain again');
        if (what === 'public') return message.setBody('all').setHeader('cache-control', 'max-age=60, public');
        if (what === 'dropped') return message.setBody('x').setHeader('Set-Cookie', 'a=b').setHeader('Content-Length', 99).setHeader('X-Own', 'y');
        return message.setStatus(204);
      },
    },
    stream: {
      exposed: true,
      run: () => ({ HTTPStream: Readable.from([Buffer.from('from '), Buffer.from('a stream')]), headers: { 'Content-Type': 'text/csv' } }),
    },
  },
  dataClasses: {
    Company: {
      entityFunctions: {
        title: { exposed: true, onHttpGet: true, run() { return `${this.name} of ${this.city}`; } },
        self: { exposed: true, run() { return this; } },
      },
      selectionFunctions: { howMany: { exposed: true, run() { return this.length(); } } },
    },
    Employee: {
      functions: {
        ofClass: { exposed: true, onHttpGet: true, run() { return this.name; } },
        both: { exposed: true, run: () => 'class' },
        secret: { run: () => 'secret' },
      },
      selectionFunctions: {
        keys: { exposed: true, onHttpGet: true, run() { return this.extract('ID'); } },
        both: { exposed: true, run: () => 'selection' },
        self: { exposed: true, run() { return this; } },
        bosses: { exposed: true, run() { return this.related('employer'); } },
      },
      entityFunctions: {
        greet: { exposed: true, onHttpGet: true, run(word = 'Hello') { return `${word} ${this.firstName}`; } },
        boss: { exposed: true, run() { return this.manager; } },
        private: { run: () => 'private' },
      },
    },
  },
  singletons: {
    Counter: {
      scope: 'shared',
      state: () => ({ count: 0 }),
      functions: {
        next: { exposed: true, onHttpGet: true, run(step = 1) { return (this.count += step); } },
        reset: { run() { this.count = 0; } },
      },
    },
    Basket: {
      scope: 'session',
      state: () => ({ items: [] as string[] }),
      functions: { put: { exposed: true, run(item: string) { this.items.push(item); return this.items; } } },
    },
  },
}); // oxfmt-ignore
