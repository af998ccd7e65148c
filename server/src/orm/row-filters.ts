// The row filters of the author (spec 15 § 9): `restrict` is asked once per request and class, and says which entities a
// session may see. What it says must be a filter; anything else closes the class.
import { fail, KeystampError } from '../errors.ts';
import type { DataClassDef, Model, StorageDef } from '../model/model.ts';
import { deletedRecordsName } from '../model/tracking.ts';
import { oncePer } from '../model/once-per.ts';
import { all, type Predicate } from '../query/predicate.ts';
import type { Access } from '../session/access.ts';
import type { Identity } from '../session/identity.ts';
import type { Roles } from '../session/roles.ts';
import { dataClassResource } from '../session/sight.ts';
import type { Engine } from '../store/engine.ts';
import { RestrictedEngine, type Restrictions } from '../store/restricted.ts';
import { answeredQuery } from './answered-query.ts';
import type { CallContext } from './call-context.ts';
import type { CallOptions } from './call-services.ts';
import { callIfAny } from './current-call.ts';
import { inCall } from './in-call.ts';
import { selectionStateOf } from './selection-state.ts';
import { session, type UserSession } from './session-api.ts';
import { settled } from './settle.ts';
import { runtimeOf } from './store-runtime.ts';

/** The dataclasses of a model with a row filter. */
const filteredClasses = oncePer(
  (model: Model): ReadonlySet<DataClassDef> =>
    new Set([...model.dataClasses.values()].filter(({ code }) => code.restrict !== undefined)),
);

/** One who asks, and what the code of `restrict` runs in. */
export interface Asker {
  readonly access: Access;
  readonly identity: Identity;
  readonly call: Omit<CallOptions, 'model' | 'transaction'>;
}

const hiding = new WeakMap<Model, Map<boolean, readonly DataClassDef[]>>();

/** The dataclasses of which somebody may see less than all entities. */
export function hidingClasses(model: Model, { isOpen }: Roles): readonly DataClassDef[] {
  const known = keptIn(hiding, model, () => new Map<boolean, readonly DataClassDef[]>());
  return keptIn(known, isOpen, () => {
    const classes = [...filteredClasses(model)];
    const deletions = model.dataClasses.get(deletedRecordsName);
    return deletions && (classes.length > 0 || !isOpen) ? [...classes, deletions] : classes;
  });
}

/**
 * The engine as a request sees it.
 * @param classes see hidingClasses
 * @param asker who asks at the moment
 */
export function filteredEngine(
  classes: readonly DataClassDef[],
  model: Model,
  engine: Engine,
  asker: () => Asker,
): Engine {
  const asked = new Map<object, Map<Access, Map<DataClassDef, Promise<Predicate>>>>();
  /** Privileges that a function is lent count too, as long as it runs (spec 14 § 6.6). */
  const now = (): Asker => {
    const who = asker();
    const call = callIfAny();
    return call?.restricted ? { ...who, access: call.access } : who;
  };
  const restrictions: Restrictions = {
    classes,
    predicateOf(dataClass) {
      const who = now();
      const { access } = who;
      const known = keptIn(
        keptIn(asked, who.identity, () => new Map<Access, Map<DataClassDef, Promise<Predicate>>>()),
        access,
        () => new Map<DataClassDef, Promise<Predicate>>(),
      );
      let predicate = known.get(dataClass);
      if (!predicate) {
        predicate =
          dataClass.name === deletedRecordsName
            ? Promise.resolve(visibleDeletions(dataClass, model, access))
            : askFilter(model, dataClass, who);
        known.set(dataClass, predicate);
      }
      return predicate;
    },
  };
  return new RestrictedEngine(engine, restrictions);
}

interface Keeping<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function keptIn<K, V>(map: Keeping<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
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

/** @throws KeystampError 1602 when the code answers no filter, 503 when it takes too long; whatever the code throws */
const askFilter = (model: Model, dataClass: DataClassDef, who: Asker): Promise<Predicate> =>
  inCall({ model, ...who.call }, `the row filter of ${dataClass.name}`, (call) =>
    call.unrestricted(async () => {
      const { object } = runtimeOf(model).dataClassOf(dataClass);
      return predicateFrom(await dataClass.code.restrict?.call(object, sessionOf(who)), dataClass, call);
    }),
  );

/** The session of the call, with the privileges that are lent to the function which asked for entities. */
const sessionOf = ({ access, identity }: Asker): UserSession =>
  Object.create(session, {
    hasPrivilege: {
      value: (name: string) => identity.unbound === true || access.held.has(String(name).toLowerCase()),
    },
  }) as UserSession;

async function predicateFrom(made: unknown, dataClass: DataClassDef, context: CallContext): Promise<Predicate> {
  const selection = selectionStateOf(made);
  if (selection?.of.def === dataClass) return selection.predicate();
  try {
    const predicate = answeredQuery(made, dataClass, context.services.config);
    if (!predicate) throw fail(1602, dataClass.name);
    return (await settled({ dataClass, predicate, order: [] })).predicate;
  } catch (error) {
    // A mistake of the author is none of the client's, and what it is about is not for the client.
    if (!(error instanceof KeystampError)) throw error;
    throw new KeystampError(500, [{ code: 1602, args: [dataClass.name] }], { cause: error });
  }
}
