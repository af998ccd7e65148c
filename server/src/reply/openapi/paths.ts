// The requests that the asker may make, as paths of OpenAPI 3.1.
import type { FunctionDef } from '../../model/code-defs.ts';
import type { DataClassDef, Model, StorageDef } from '../../model/model.ts';
import type { ParameterDef } from '../../model/parameter-type.ts';
import type { CatalogSight } from '../../plan/catalog-plan.ts';
import { params, type ParamName } from '../../request/params.ts';
import { commonSchemas, ref, schemaNames, type Schema } from './schemas.ts';

type Operations = Record<string, Schema>;
export type Paths = Record<string, Operations>;

const kinds = { text: 'string', quoted: 'string', flag: 'boolean', number: 'integer' } as const;

const parameter = (name: ParamName): Schema => ({
  name: `$${name}`,
  in: 'query',
  description: params[name].meaning,
  schema: { type: kinds[params[name].kind] },
});

const keyParameter = { name: 'key', in: 'path', required: true, description: '`__KEY`', schema: { type: 'string' } };
const json = (schema: Schema): Schema => ({ 'application/json': { schema } });
const answer = (description: string, schema: Schema): Schema => ({ description, content: json(schema) });
const refused = { $ref: '#/components/responses/Refused' };
const conflict = { $ref: '#/components/responses/Conflict' };

/** Answers and parameters that operations share. */
export const sharedResponses: Readonly<Record<string, Schema>> = {
  Refused: answer('What is wrong with the request.', ref('Errors')),
  Conflict: answer('Somebody else has changed the entity, or holds its lock.', ref('Errors')),
};

const reading: readonly ParamName[] = [
  'attributes',
  'expand',
  'imageformat',
  'imagewidth',
  'imageheight',
  'imagefit',
  'imageinfo',
];
const selecting: readonly ParamName[] = ['filter', 'params', 'orderby', 'skip', 'top', 'method', 'timeout'];
const picture: readonly ParamName[] = [
  'imageformat',
  'version',
  'expand',
  'imagewidth',
  'imageheight',
  'imagefit',
  'imagequality',
];

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly parameters?: readonly Schema[];
  readonly body?: Schema;
  readonly ok: Schema;
  readonly conflicts?: boolean;
}

const operation = ({ id, tag, summary, parameters = [], body, ok, conflicts }: Operation): Schema => ({
  operationId: id,
  tags: [tag],
  summary,
  ...(parameters.length > 0 && { parameters }),
  ...(body && { requestBody: { required: true, content: body } }),
  responses: { 200: ok, ...(conflicts && { 409: conflict }), default: refused },
});

const asked = (names: readonly ParamName[]): readonly Schema[] => names.map(parameter);

/** The paths of one dataclass. */
export function classPaths(dataClass: DataClassDef, sight: CatalogSight): Paths {
  const { name } = dataClass;
  const { entity, input, page } = schemaNames(dataClass);
  const paths: Paths = {};
  const add = (path: string, method: string, made: Omit<Operation, 'tag'>): void => {
    (paths[path] ??= {})[method] = operation({ ...made, tag: name });
  };
  const one = `/${name}({key})`;
  const writable = dataClass.tracking !== 'deletions';
  const saves = writable && (sight.may('create', dataClass) || sight.may('update', dataClass));
  if (sight.may('read', dataClass)) {
    add(`/${name}`, 'get', {
      id: `read${name}Page`,
      summary: `A page of ${name} entities`,
      parameters: asked([...selecting, ...reading]),
      ok: answer('The page.', ref(page)),
    });
    add(one, 'get', {
      id: `read${name}`,
      summary: `One ${name} entity`,
      parameters: [keyParameter, ...asked(reading)],
      ok: answer('The entity.', ref(entity)),
    });
    for (const attribute of dataClass.images)
      if (sight.showsAttribute(attribute)) addPicture(attribute, one, add, saves);
  }
  if (saves)
    add(`/${name}`, 'post', {
      id: `save${name}`,
      summary: `Create or change ${name} entities`,
      parameters: [
        { name: '$method', in: 'query', required: true, schema: { type: 'string', enum: ['update', 'validate'] } },
        ...asked(['atomic', 'attributes', 'expand']),
      ],
      body: json({ anyOf: [ref(input), { type: 'array', items: ref(input) }] }),
      ok: answer('The entities as they are stored now, with their new stamps.', {
        anyOf: [
          {
            allOf: [ref(entity), { type: 'object', properties: { __STATUS: ref('Status'), uri: { type: 'string' } } }],
          },
          { type: 'object', properties: { __ENTITIES: { type: 'array', items: ref(entity) } } },
        ],
      }),
      conflicts: true,
    });
  if (writable && sight.may('drop', dataClass))
    add(one, 'delete', {
      id: `delete${name}`,
      summary: `Delete one ${name} entity`,
      parameters: [keyParameter],
      ok: answer('It is gone.', ref('Ok')),
      conflicts: true,
    });
  addFunctions(dataClass, sight, one, add);
  return paths;
}

type Add = (path: string, method: string, made: Omit<Operation, 'tag'>) => void;

function addPicture({ name, owner }: StorageDef, one: string, add: Add, saves: boolean): void {
  const path = `${one}/${name}`;
  add(path, 'get', {
    id: `read${owner.name}_${name}`,
    summary: `The picture ${name}; with the current $version it may be kept for ever`,
    parameters: [keyParameter, ...asked(picture)],
    ok: { description: 'The picture.', content: { 'image/*': { schema: {} }, ...json(ref(owner.name)) } },
  });
  if (saves)
    add(path, 'post', {
      id: `write${owner.name}_${name}`,
      summary: `Store a new picture in ${name}`,
      parameters: [
        keyParameter,
        { name: '$rawPict', in: 'query', required: true, schema: { type: 'string', default: 'true' } },
      ],
      body: { 'image/*': { schema: {} } },
      ok: answer('It is stored.', ref('Ok')),
    });
}

function addFunctions(dataClass: DataClassDef, sight: CatalogSight, one: string, add: Add): void {
  const levels = [
    ['', `/${dataClass.name}`, dataClass.functions, []],
    ['Selection', `/${dataClass.name}`, dataClass.selectionFunctions, asked(['filter', 'params', 'orderby'])],
    ['Entity', one, dataClass.entityFunctions, [keyParameter]],
  ] as const;
  for (const [level, path, functions, parameters] of levels)
    for (const named of functions.values()) {
      if (!sight.showsFunction(named)) continue;
      const id = `call${dataClass.name}${level}_${named.name}`;
      addCall(named, `${path}/${named.name}`, id, parameters, add);
    }
}

/** The parameters that a function declares, or any. */
function itemsOf({ parameters }: FunctionDef): Schema {
  if (!parameters) return { items: {} };
  const least = parameters.filter(({ optional }) => !optional).length;
  return { prefixItems: parameters.map(parameterSchema), minItems: least };
}

/** Entities and selections are the objects that stand for them (spec 12 § 3). */
function parameterSchema({ kind, dataClass, optional }: ParameterDef): Schema {
  if (kind === 'any') return {};
  const isPlain = kind !== 'entity' && kind !== 'selection';
  const type = isPlain ? kind : 'object';
  const mark: Schema =
    kind === 'entity'
      ? {
          properties: { __ENTITY: { const: true }, __DATACLASS: { const: dataClass } },
          required: ['__ENTITY', '__DATACLASS'],
        }
      : kind === 'selection'
        ? {
            properties: { __ENTITIES: { const: true }, __DATASET: { type: 'string' } },
            required: ['__ENTITIES', '__DATASET'],
          }
        : {};
  return { type: optional ? [type, 'null'] : type, ...mark };
}

function addCall(named: FunctionDef, path: string, id: string, parameters: readonly Schema[], add: Add): void {
  const ok = answer('What the function returns.', ref('FunctionResult'));
  const summary = `Call the function ${named.name}`;
  const body = json({ type: 'array', description: 'the parameters in order', ...itemsOf(named) });
  add(path, 'post', { id, summary, parameters, body, ok });
  if (!named.onHttpGet) return;
  const byGet = parameters.some(({ name }) => name === '$params') ? parameters : [...parameters, parameter('params')];
  add(path, 'get', { id: `${id}_get`, summary, parameters: byGet, ok });
}

/** The paths of the datastore: functions, singletons, catalog, uploads, logging in. */
export function storePaths(model: Model, sight: CatalogSight): Paths {
  const paths: Paths = {};
  const add: Add = (path, method, made) => {
    (paths[path] ??= {})[method] = operation({ ...made, tag: 'datastore' });
  };
  for (const named of model.functions.values())
    if (sight.showsFunction(named)) addCall(named, `/$catalog/${named.name}`, `call_${named.name}`, [], add);
  for (const { name, functions } of model.singletons.values())
    for (const named of functions.values())
      if (sight.showsFunction(named))
        addCall(named, `/$singleton/${name}/${named.name}`, `callSingleton${name}_${named.name}`, [], add);
  add('/$catalog/$all', 'get', {
    id: 'readCatalog',
    summary: 'What dataclasses, attributes and functions there are',
    ok: answer('The catalog.', { type: 'object' }),
  });
  add('/$upload', 'post', {
    id: 'upload',
    summary: 'Send bytes ahead, to be named in a save',
    parameters: asked(['rawPict', 'binary', 'timeout']),
    body: { '*/*': { schema: {} } },
    ok: answer('Where they are kept.', commonSchemas['UploadId'] as Schema),
  });
  add('/$directory/login', 'post', {
    id: 'logIn',
    summary: 'Log in with a name and a password',
    body: json({
      type: 'array',
      prefixItems: [{ type: 'string' }, { type: 'string' }, { type: 'integer' }],
      minItems: 2,
    }),
    ok: answer('Whether it worked; the session is in the cookie.', {
      type: 'object',
      properties: { result: { type: 'boolean' } },
    }),
  });
  add('/$directory/logout', 'post', {
    id: 'logOut',
    summary: 'End the session',
    ok: answer('Done.', { type: 'object', properties: { result: { type: 'boolean' } } }),
  });
  return paths;
}
