// The row filters of the author (spec 15 § 9): `restrict` is asked once per request and class, and says which entities a
// session may see. What it says must be a filter; anything else closes the class.
import { fail, KeystampError } from '../errors.ts';
import type { DataClassDef, Model, StorageDef } from '../model/model.ts';
import { deletedRecordsName } from '../model/tracking.ts';
import { bindFilter } from '../query/bind.ts';
import { paramsOf, type ParamValue } from '../query/params.ts';
import { parseFilter } from '../query/parse.ts';
import { all, type Predicate } from '../query/predicate.ts';
import { serverSight } from '../query/sight.ts';
import type { Access } from '../session/access.ts';
import type { Roles } from '../session/roles.ts';
import { dataClassResource } from '../session/sight.ts';
import type { Engine } from '../store/engine.ts';
import { RestrictedEngine, type Restrictions } from '../store/restricted.ts';
import { CallContext, runInCall, type CallOptions } from './call-context.ts';

const filtered = new WeakMap<Model, ReadonlySet<DataClassDef>>();

/** The dataclasses of a model with a row filter. */
export function filteredClasses(model: Model): ReadonlySet<DataClassDef> {
  let classes = filtered.get(model);
  if (!classes) {
    classes = new Set([...model.dataClasses.values()].filter(({ code }) => code.restrict !== undefined));
    filtered.set(model, classes);
  }
  return classes;
}

/** Who asks, as `restrict` gets it. */
export interface FilterSession {
  readonly userName: string;
  isGuest(): boolean;
  hasPrivilege(name: string): boolean;
  getPrivileges(): readonly string[];
}

/** One who asks, and what the code of `restrict` runs in. */
export interface Asker {
  readonly access: Access;
  readonly session: FilterSession;
  readonly call: Omit<CallOptions, 'model' | 'transaction'>;
}

/** The dataclasses of which somebody may see less than all entities. */
export function hidingClasses(model: Model, { isOpen }: Roles): readonly DataClassDef[] {
  const classes = [...filteredClasses(model)];
  const deletions = model.dataClasses.get(deletedRecordsName);
  return deletions && (classes.length > 0 || !isOpen) ? [...classes, deletions] : classes;
}

/**
 * The engine as a request sees it.
 * @param classes see hidingClasses
 * @param asker who asks at the moment
 * @param identity another object once that is somebody else
 */
export function filteredEngine(
  classes: readonly DataClassDef[],
  model: Model,
  engine: Engine,
  asker: () => Asker,
  identity: () => object,
): Engine {
  const asked = new WeakMap<object, Map<DataClassDef, Promise<Predicate>>>();
  const restrictions: Restrictions = {
    classes,
    predicateOf(dataClass) {
      let known = asked.get(identity());
      if (!known) asked.set(identity(), (known = new Map()));
      let predicate = known.get(dataClass);
      if (!predicate) {
        predicate =
          dataClass.name === deletedRecordsName
            ? Promise.resolve(visibleDeletions(dataClass, model, asker().access))
            : askFilter(model, dataClass, asker());
        known.set(dataClass, predicate);
      }
      return predicate;
    },
  };
  return new RestrictedEngine(engine, restrictions);
}

/**
 * A deletion is told when the class that it names may be read. What a row filter would have said of the entity nobody
 * knows any more, so deletions of filtered classes are not told (spec 17 § 12).
 */
function visibleDeletions(deletions: DataClassDef, model: Model, access: Access): Predicate {
  const classes = [...model.dataClasses.values()];
  const told = classes.filter(
    (dataClass) => !filteredClasses(model).has(dataClass) && access.may('read', dataClassResource(dataClass)),
  );
  if (told.length === classes.length) return all;
  const attribute = deletions.attributes.get('__TableName') as StorageDef;
  return {
    kind: 'test',
    attribute,
    test: { kind: 'identity', values: told.map(({ name }) => name), negated: false },
  };
}

/** @throws KeystampError 1602 when the code answers no filter; whatever the code throws */
async function askFilter(model: Model, dataClass: DataClassDef, { session, call }: Asker): Promise<Predicate> {
  const context = new CallContext({ model, ...call });
  try {
    return await runInCall(context, () =>
      context.unrestricted(async () => {
        const made: unknown = await dataClass.code.restrict?.call(undefined, session);
        return predicateFrom(made, dataClass, call.services.config);
      }),
    );
  } finally {
    await context.end();
  }
}

function predicateFrom(made: unknown, dataClass: DataClassDef, limits: Parameters<typeof parseFilter>[1]): Predicate {
  const { query, parameters = [] } = (typeof made === 'string' ? { query: made } : (made ?? {})) as {
    readonly query?: unknown;
    readonly parameters?: unknown;
  };
  if (typeof query !== 'string') throw fail(1602, dataClass.name);
  try {
    const params = paramsOf(parameters as ParamValue, 'the parameters of restrict');
    return bindFilter(parseFilter(query, limits), dataClass, params, limits, serverSight);
  } catch (error) {
    // A mistake of the author is none of the client's, and what it is about is not for the client.
    if (!(error instanceof KeystampError)) throw error;
    throw new KeystampError(500, [{ code: 1602, args: [dataClass.name] }], { cause: error });
  }
}
