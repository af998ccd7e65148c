// Requests that a curious client could send, made by chance: every door, names that exist, that are hidden, and that are none.
import fc from 'fast-check';
import type { Asked } from './open-office.ts';

/** `set` stands for the id of an entity set made before, `upload` for that of an upload. */
export interface Curious extends Asked {
  readonly who: 'guest' | 'clerk';
}

/** What a clerk may see; the rest is hidden or does not exist. */
const seen = {
  Company: ['ID', 'name', 'city', 'logo', 'paper', 'staff'],
  Employee: ['ID', 'lastName', 'notes', 'active', 'spec', 'photo', 'cv', 'companyID', 'employer', 'manager', 'reports'],
  Payslip: ['ID', 'amount', 'scan', 'employee'],
  Vault: ['ID', 'code'],
} as const;
const unseen = {
  Company: ['budget', 'seal', 'ledger', 'nope'],
  Employee: ['salary', 'team', 'payslips', 'locker', 'nope'],
  Payslip: ['payer'],
  Vault: ['nope'],
} as const;

type ClassName = keyof typeof seen;

const className: fc.Arbitrary<ClassName> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<ClassName>('Employee') },
  { weight: 9, arbitrary: fc.constant<ClassName>('Company') },
  { weight: 1, arbitrary: fc.constantFrom<ClassName>('Payslip', 'Vault') },
);

/** Visible, hidden and missing ones. */
const keyOf = (dataClass: ClassName): fc.Arbitrary<number> =>
  dataClass === 'Employee'
    ? fc.oneof(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 48, max: 60 }))
    : fc.integer({ min: 1, max: 7 });

const attribute = (dataClass: ClassName): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom<string>(...seen[dataClass]) },
    { weight: 1, arbitrary: fc.constantFrom<string>(...unseen[dataClass]) },
  );

const onward: Readonly<Record<string, ClassName>> = {
  staff: 'Employee', ledger: 'Payslip', employer: 'Company', manager: 'Employee', reports: 'Employee',
  payslips: 'Payslip', locker: 'Vault', employee: 'Employee', payer: 'Company',
}; // oxfmt-ignore

/** `employer.name`, `manager.manager.salary`. */
const path = (dataClass: ClassName, depth = 2): fc.Arbitrary<string> =>
  attribute(dataClass).chain((name) => {
    const next = onward[name];
    return next && depth > 0
      ? fc.oneof(
          fc.constant(name),
          path(next, depth - 1).map((rest) => `${name}.${rest}`),
        )
      : fc.constant(name);
  });

const list = (dataClass: ClassName, maxLength = 3): fc.Arbitrary<string> =>
  fc.array(path(dataClass), { minLength: 1, maxLength }).map((items) => items.join(','));

const value = fc.constantFrom("'@'", "'Smith'", "'spy@'", "'Company 1'", '50', '3', '1500', 'null', 'true', "'secret'", "'open'", "'Oslo'"); // oxfmt-ignore
const comparator = fc.constantFrom('=', '!=', '>', '<=', '===', 'IN', '%');

const comparison = (dataClass: ClassName): fc.Arbitrary<string> =>
  fc
    .tuple(path(dataClass), comparator, value)
    .map(([left, sign, right]) =>
      sign === 'IN'
        ? `${left} IN [${right}, ${right}]`
        : sign === '%'
          ? `${left} % 'week'`
          : `${left} ${sign} ${right}`,
    );

const filter = (dataClass: ClassName): fc.Arbitrary<string> =>
  fc.oneof(
    comparison(dataClass),
    fc
      .tuple(comparison(dataClass), fc.constantFrom('AND', 'OR', 'EXCEPT'), comparison(dataClass))
      .map(([a, word, b]) => `(${a}) ${word} (${b})`),
    comparison(dataClass).map((each) => `NOT (${each})`),
  );

const order = (dataClass: ClassName): fc.Arbitrary<string> =>
  fc.tuple(path(dataClass), fc.constantFrom('', ' desc')).map(([name, word]) => name + word);

type Query = Readonly<Record<string, string | undefined>>;

const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: weight });

/** Parameters of a read, most of them absent. */
const reading = (dataClass: ClassName): fc.Arbitrary<Query> =>
  fc.record({
    $filter: maybe(
      filter(dataClass).map((text) => `"${text}"`),
      1,
    ),
    $orderby: maybe(order(dataClass).map((text) => `"${text}"`)),
    $attributes: maybe(list(dataClass)),
    $expand: maybe(fc.oneof(list(dataClass, 2), fc.constant('$all'))),
    $top: maybe(fc.constantFrom('0', '3', '40')),
    $skip: maybe(fc.constantFrom('1', '5', '19')),
    $asArray: maybe(fc.constant('true'), 6),
    $format: maybe(fc.constant('looker'), 9),
    $queryplan: maybe(fc.constant('true'), 9),
    $querypath: maybe(fc.constant('true'), 9),
    $imageinfo: maybe(fc.constant('true'), 9),
  });

const computing = (dataClass: ClassName): fc.Arbitrary<Query> =>
  fc.record({
    $filter: maybe(
      filter(dataClass).map((text) => `"${text}"`),
      2,
    ),
    $attributes: maybe(attribute(dataClass), 2),
    $compute: maybe(fc.constantFrom('$all', 'sum', 'count', 'min', 'max', 'average'), 1),
    $distinct: maybe(fc.constant('true'), 2),
    $findKey: maybe(fc.integer({ min: 1, max: 60 }).map(String), 4),
  });

const combining = fc.record({
  $method: maybe(fc.constantFrom('entityset', 'subentityset', 'release'), 2),
  $logicOperator: maybe(fc.constantFrom('AND', 'OR', 'EXCEPT', 'INTERSECT'), 2),
  $otherCollection: maybe(fc.constant('{set}'), 2),
  $clean: maybe(fc.constant('true'), 4),
});

const picturing: fc.Arbitrary<Query> = fc.record({
  $imageformat: fc.constantFrom('best', 'jpeg', 'png', 'nonsense'),
  $version: maybe(fc.constantFrom('1', '2', '3', '99', 'x'), 1),
  $filter: maybe(fc.constantFrom('"salary > 5"', '"ID > 0"', '"team = \'secret\'"', '"budget > 1"'), 6),
  $binary: maybe(fc.constant('true'), 4),
});

const query = (parameters: Query): string => {
  const given = Object.entries(parameters).filter(([, text]) => text !== undefined) as [string, string][];
  return given.map(([name, text]) => `${name}=${encodeURIComponent(text).replaceAll('%7Bset%7D', '{set}')}`).join('&');
};

const who = fc.constantFrom<Curious['who']>('guest', 'clerk', 'clerk', 'clerk');

const conditions: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom<Record<string, string>>({ 'if-none-match': '*' }, { 'if-modified-since': 'Mon, 01 Jan 2029 00:00:00 GMT' }, { accept: 'application/json' }, { range: 'bytes=0-9' }, { 'if-match': '"x"' }) }, // oxfmt-ignore
);

const get = fc.constantFrom('GET', 'GET', 'GET', 'HEAD');

const asked = (
  method: fc.Arbitrary<string>,
  target: fc.Arbitrary<string>,
  parameters: fc.Arbitrary<Query>,
  headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.constant({}),
): fc.Arbitrary<Curious> =>
  fc.tuple(who, method, target, parameters, headers).map(([asker, verb, place, given, extra]) => {
    const text = query(given);
    return { who: asker, method: verb, url: `/rest/${place}${text === '' ? '' : `?${text}`}`, headers: extra };
  });

const forClass = <T>(make: (dataClass: ClassName) => fc.Arbitrary<T>): fc.Arbitrary<T> => className.chain(make);

const entity = (dataClass: ClassName): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 7, arbitrary: keyOf(dataClass).map((key) => `${dataClass}(${key})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(attribute(dataClass), value)
        .map(([name, given]) => `${dataClass}:${name}(${encodeURIComponent(given)})`),
    },
  );

const reads = forClass((dataClass) => asked(get, fc.constant(dataClass), reading(dataClass)));
const one = forClass((dataClass) => asked(get, entity(dataClass), reading(dataClass)));
const below = forClass((dataClass) =>
  asked(get, fc.tuple(entity(dataClass), list(dataClass, 2)).map((parts) => parts.join('/')), reading(dataClass)),
); // oxfmt-ignore
const values = forClass((dataClass) => asked(get, fc.constant(dataClass), computing(dataClass)));
const sets = forClass(
  (dataClass) =>
  fc
    .tuple(
      reading(dataClass),
      combining,
      fc.constantFrom(dataClass, `${dataClass}/$entityset/{set}`, `${dataClass}/$entityset/{set}[50]`),
    )
    .chain(([read, combine, target]) => asked(fc.constant('GET'), fc.constant(target), fc.constant({ ...read, ...combine }))), // oxfmt-ignore
);
const related = forClass(
  (dataClass) =>
  asked(fc.constant('GET'), fc.tuple(entity(dataClass), attribute(dataClass)).map((parts) => parts.join('/')), fc.constant({ $method: 'subentityset' })), // oxfmt-ignore
);
const pictures = forClass((dataClass) =>
  asked(
    get,
    fc.tuple(entity(dataClass), attribute(dataClass)).map((parts) => parts.join('/')),
    picturing,
    conditions,
  ),
);
const locks = forClass(
  (dataClass) =>
  asked(fc.constant('GET'), entity(dataClass), fc.record({ $lock: fc.constantFrom('true', 'false'), $version: maybe(fc.constant('1'), 4) })), // oxfmt-ignore
);
const catalog = asked(fc.constant('GET'), fc.constantFrom('$catalog', '$catalog/$all', '$catalog/Employee', '$catalog/Vault', '$catalog/Payslip', '$catalog/Company', '$info', '$directory/currentUser'), fc.constant({})); // oxfmt-ignore

const written = fc.oneof(
  fc.constantFrom<unknown>('Smith', 'Spy', 5, 50, 1501, null, true, { __KEY: '2' }, { __KEY: '50' }, { ID: '{upload}' }, { size: 1 }, 'Oslo'), // oxfmt-ignore
);

/** An entity to save: changes of visible, hidden and missing ones, and new ones under keys that are free everywhere. */
const saved = (dataClass: ClassName): fc.Arbitrary<Record<string, unknown>> =>
  fc.tuple(
    fc.dictionary(attribute(dataClass).filter((name) => name !== 'ID'), written, { maxKeys: 3 }),
    fc.oneof(
      keyOf(dataClass).map((key) => ({ __KEY: String(key), __STAMP: 1 })),
      keyOf(dataClass).map((key) => ({ __KEY: String(key) })),
      fc.integer({ min: 100, max: 120 }).map((ID) => ({ ID })),
    ),
  ).map(([attributes, key]) => ({ ...key, ...attributes })); // oxfmt-ignore

const saves = forClass((dataClass) =>
  fc
    .tuple(
      who,
      fc.oneof(saved(dataClass), fc.array(saved(dataClass), { minLength: 1, maxLength: 3 })),
      fc.constantFrom('update', 'update', 'validate', 'update&$refresh=true', 'update&$atomic=true'),
      maybe(list(dataClass, 2), 5),
    )
    .map(([asker, body, method, attributes]): Curious => ({
      who: asker,
      method: 'POST',
      url: `/rest/${dataClass}?$method=${method}${attributes === undefined ? '' : `&$attributes=${attributes}`}`,
      body: JSON.stringify(body),
    })),
);
const deletes = forClass((dataClass) =>
  asked(
    fc.constant('POST'),
    fc.oneof(entity(dataClass), fc.constant(dataClass)),
    fc.record({ $method: fc.constant('delete'), $filter: maybe(comparison(dataClass).map((text) => `"ID >= 19 AND ${text}"`), 1) }), // oxfmt-ignore
  ),
);

/** A picture of one pixel, and a text. */
const bytes = [
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  Buffer.from('no picture'),
] as const;

const uploads = fc.tuple(who, fc.constantFrom(...bytes), fc.boolean()).map(([asker, body, picture]): Curious => ({
  who: asker,
  method: 'POST',
  url: `/rest/$upload${picture ? '?$rawPict=image/png' : ''}`,
  body,
})); // oxfmt-ignore
const writes = forClass((dataClass) =>
  fc.tuple(who, entity(dataClass), attribute(dataClass), fc.constantFrom(...bytes), fc.constantFrom('POST', 'POST', 'DELETE')).map(
    ([asker, place, name, body, method]): Curious => ({
      who: asker,
      method,
      url: `/rest/${place}/${name}${method === 'POST' ? '?$rawPict=image/png' : ''}`,
      ...(method === 'POST' && { body }),
    }),
  ),
); // oxfmt-ignore

/** Questions about numbers that are hidden, each by one way alone. */
const probes = forClass((dataClass) => {
  const hidden = {
    Company: ['budget', 'staff.salary', 'ledger.amount', 'staff.reports.salary'],
    Employee: ['salary', 'employer.budget', 'manager.salary', 'reports.salary', 'payslips.amount', 'locker.code'],
    Payslip: ['amount', 'employee.salary'],
    Vault: ['code'],
  } as const;
  const name = fc.constantFrom<string>(...hidden[dataClass]);
  const number = fc.integer({ min: 0, max: 4000 });
  const questions = fc.oneof(
    fc
      .tuple(name, fc.constantFrom('>', '<', '=', '!='), number)
      .map(([left, sign, right]): Query => ({ $filter: `"${left} ${sign} ${right}"` })),
    name.map((by): Query => ({ $orderby: `"${by}"` })),
    name.map((by): Query => ({ $filter: '"ID > 0"', $savedfilter: `"${by} > 1500"`, $method: 'entityset' })),
    name.map((of): Query => ({ $compute: 'max', $attributes: of })),
    name.map((of): Query => ({ $distinct: 'true', $attributes: of })),
    name.map((of): Query => ({ $attributes: of })),
    name.map((of): Query => ({ $attributes: of, $asArray: 'true' })),
    name.map((of): Query => ({ $attributes: of, $format: 'looker' })),
  );
  return asked(fc.constant('GET'), fc.constant(dataClass), questions);
});

/** Functions with what they answer, and parameters that are entities. */
const calls = fc.tuple(
  who,
  fc.constantFrom('POST', 'POST', 'POST', 'GET'),
  fc.constantFrom('$catalog/headcount', '$catalog/payroll', '$catalog/lentPayroll', '$catalog/nope', 'Employee/find', 'Employee/same', 'Employee/nope'),
  fc.tuple(keyOf('Employee'), fc.constantFrom('head', 'rename', 'same', 'nope')).map(([key, name]) => `Employee(${key})/${name}`),
  fc.boolean(),
  fc.constantFrom<readonly unknown[]>([], ['Smith'], ['Spy 1'], [{ __DATACLASS: 'Employee', __ENTITY: true, __KEY: '50' }], [{ __DATACLASS: 'Employee', __ENTITY: true, __KEY: '3', salary: 5 }]),
  maybe(list('Employee', 2), 3),
).map(([asker, method, general, own, isOwn, parameters, attributes]): Curious => {
  const given = JSON.stringify(parameters);
  const lists = query({ $attributes: attributes, ...(method === 'GET' && { $params: `'${given}'` }) });
  const url = `/rest/${isOwn ? own : general}${lists === '' ? '' : `?${lists}`}`;
  return { who: asker, method, url, ...(method === 'POST' && { body: given }) };
}); // oxfmt-ignore

/** The same in the body of a request with an attribute tree. */
const trees = fc
  .tuple(who, fc.constantFrom('salary', 'lastName', 'payslips'), fc.integer({ min: 0, max: 4000 }))
  .map(([asker, name, number]): Curious => ({
    who: asker,
    method: 'POST',
    url: '/rest/Company?$extendedAttributes=true',
    body: JSON.stringify({
      name: true,
      staff: { [name]: true, __Query: number % 2 ? 'ID > 0' : `salary > ${number}` },
    }),
  }));

export const curious: fc.Arbitrary<Curious> = fc.oneof(
  { weight: 16, arbitrary: reads },
  { weight: 8, arbitrary: one },
  { weight: 6, arbitrary: below },
  { weight: 8, arbitrary: values },
  { weight: 8, arbitrary: sets },
  { weight: 3, arbitrary: related },
  { weight: 8, arbitrary: pictures },
  { weight: 4, arbitrary: locks },
  { weight: 6, arbitrary: probes },
  { weight: 2, arbitrary: trees },
  { weight: 8, arbitrary: calls },
  { weight: 1, arbitrary: catalog },
  { weight: 8, arbitrary: saves },
  { weight: 2, arbitrary: deletes },
  { weight: 3, arbitrary: uploads },
  { weight: 3, arbitrary: writes },
);
