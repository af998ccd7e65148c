// Puts what code works out into the JSON text of the database, where it left marks (store/sql/calculated-mark.ts). The
// entities of an answer are read with one statement per class, and only when a calculated attribute is asked for.
import { fail, KeystampError } from '../errors.ts';
import { printDigits, printValue } from '../model/print-value.ts';
import type { CalculatedDef, DataClassDef } from '../model/model.ts';
import { calculatedValue, type CalculatedValue } from '../orm/calculated-value.ts';
import { callIfAny } from '../orm/current-call.ts';
import type { EntityState } from '../orm/entity-state.ts';
import { memberCount, membersBetween } from '../orm/members.ts';
import type { SelectionState } from '../orm/selection-state.ts';
import { runtimeOf } from '../orm/store-runtime.ts';
import { resolveKey, splitKey } from '../plan/target.ts';
import { calculatedItems, type CalculatedItem, type Columns, type Rows } from '../query/columns.ts';
import { all, allOf, keysOf, type Predicate } from '../query/predicate.ts';
import { printKey, printKeyInUri } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import type { Row } from '../store/engine.ts';
import { markByte, type Mark, type MarkForm } from '../store/sql/calculated-mark.ts';
import { membersStatement } from '../store/sql/select.ts';
import type { Visit } from './context.ts';
import { inCode } from './with-code.ts';

/** `strict`: what code throws is thrown; `lenient`: its value is null. */
type Manner = 'strict' | 'lenient';

/** The text with the calculated values of its columns. @throws KeystampError 500: 1562, 1585 */
export async function withCalculated<T extends string | Uint8Array>(
  json: T,
  columns: Columns,
  visit: Visit,
  manner: Manner = 'strict',
): Promise<string | T> {
  if (!columns.calculated) return json;
  const bytes = await inCode(visit, columns.dataClass.name, () =>
    new Filling(columns, visit, manner).fill(Buffer.from(json)),
  );
  return Buffer.from(bytes).toString('utf8');
}

/** The same for bytes; nothing stays nothing. */
export async function bytesWithCalculated(
  json: Uint8Array | null,
  columns: Columns,
  visit: Visit,
): Promise<Uint8Array | null> {
  if (!columns.calculated || json === null) return json;
  return inCode(visit, columns.dataClass.name, () => new Filling(columns, visit).fill(json));
}

/** The value of one item for an entity in memory. Runs in a call. */
export const calculatedText = (
  item: CalculatedItem,
  state: EntityState,
  columns: Columns,
  visit: Visit,
): Promise<string> => inCode(visit, columns.dataClass.name, () => new Filling(columns, visit).one(item, state));

class Filling {
  readonly #columns: Columns;
  readonly #visit: Visit;
  readonly #manner: Manner;
  readonly #values = new Map<string, Promise<CalculatedValue>>();

  constructor(columns: Columns, visit: Visit, manner: Manner = 'strict') {
    this.#columns = columns;
    this.#visit = visit;
    this.#manner = manner;
  }

  async fill(json: Uint8Array): Promise<Uint8Array> {
    const pieces = split(json);
    const items = calculatedItems(this.#columns);
    const marks = pieces.filter((_, i) => i % 2 === 1).map((piece) => JSON.parse(piece.toString('utf8')) as Mark);
    const states = await this.#read(marks, items);
    const texts = await Promise.all(
      marks.map(async ([index, key, form]) => {
        const item = items.get(index) as CalculatedItem;
        const state = states.get(item.attribute.owner)?.get(key);
        return Buffer.from(await this.#text(item, state, form));
      }),
    );
    return Buffer.concat(pieces.map((piece, i) => (i % 2 === 1 ? (texts[i >> 1] as Buffer) : piece)));
  }

  one(item: CalculatedItem, state: EntityState): Promise<string> {
    return this.#text(item, state, 'listed');
  }

  /** The entities that the marks name, by class and key. */
  async #read(
    marks: readonly Mark[],
    items: ReadonlyMap<number, CalculatedItem>,
  ): Promise<ReadonlyMap<DataClassDef, ReadonlyMap<string, EntityState>>> {
    const wanted = new Map<DataClassDef, Set<string>>();
    for (const [index, key] of marks) {
      const { owner } = (items.get(index) as CalculatedItem).attribute;
      wanted.set(owner, (wanted.get(owner) ?? new Set<string>()).add(key));
    }
    const found = new Map<DataClassDef, Map<string, EntityState>>();
    for (const [dataClass, texts] of wanted) {
      const keys = [...texts].map((text) => resolveKey(dataClass, splitKey(text, dataClass.key.length)) ?? []);
      const states = await runtimeOf(this.#visit.services.model).dataClassOf(dataClass).findAll(keys);
      const byText = new Map<string, EntityState>();
      for (const [i, text] of [...texts].entries()) if (states[i]) byText.set(text, states[i]);
      found.set(dataClass, byText);
    }
    return found;
  }

  async #text(item: CalculatedItem, state: EntityState | undefined, form: MarkForm): Promise<string> {
    try {
      return await this.#textOf(item, state, form);
    } catch (error) {
      if (this.#manner === 'strict' || !(error instanceof KeystampError)) throw error;
      return typeof form === 'object' ? '' : 'null';
    }
  }

  async #textOf(item: CalculatedItem, state: EntityState | undefined, form: MarkForm): Promise<string> {
    // An entity that went between the two statements shows nothing.
    const value = state ? await this.#value(state, item.attribute) : ({ kind: 'null' } as const);
    if (typeof form !== 'object') return state ? this.#print(item, state, value, form) : 'null';
    if (value.kind === 'null' || !state) return '';
    return `,${JSON.stringify(form.named)}:${await this.#print(item, state, value, 'listed')}`;
  }

  /** Each value is worked out once, however often it is shown. */
  #value(state: EntityState, attribute: CalculatedDef): Promise<CalculatedValue> {
    const name = `${state.def.name} ${attribute.name} ${printKey(state.key ?? [])}`;
    let value = this.#values.get(name);
    if (!value) this.#values.set(name, (value = calculatedValue(state, attribute)));
    return value;
  }

  async #print(
    item: CalculatedItem,
    state: EntityState,
    value: CalculatedValue,
    form: Exclude<MarkForm, object>,
  ): Promise<string> {
    switch (value.kind) {
      case 'null':
        return 'null';
      case 'value':
        return form === 'looker' ? printDigits(value.shape, value.value) : printValue(value.shape, value.value);
      case 'media':
        return this.#media(item, state, value.shape.type === 'image');
      case 'entity':
        return this.#entity(item, value.state, form);
      case 'selection':
        return this.#selection(item, state, value.state, form);
      default:
        return value satisfies never;
    }
  }

  /** Under the number of the entity's stamp; it is never kept under it (spec 10 § 6.3). */
  #media({ attribute: { name } }: CalculatedItem, state: EntityState, picture: boolean): string {
    const { links } = this.#columns;
    const uri = `${this.#uri(state)}/${name}`;
    const deferred = picture
      ? { uri: `${uri}?${links.imagePrefix}${state.stored?.stamp ?? 0}${links.imageSuffix(name)}`, image: true }
      : { uri: `${uri}?$binary=true&$expand=${name}` };
    return JSON.stringify({ __deferred: deferred });
  }

  async #entity(item: CalculatedItem, state: EntityState, form: string): Promise<string> {
    const { key, def, stored } = state;
    if (!key) throw fail(1585, item.attribute.name, def.name);
    const __KEY = printKey(key);
    if (item.predicate && !(await isAmong(state, item.predicate))) return 'null';
    if (item.columns) return (await this.#page(def, [key], item.columns, form)).text || 'null';
    if (form === 'array') return JSON.stringify({ __KEY, __STAMP: stored?.stamp ?? 0 });
    return JSON.stringify({ __deferred: { uri: this.#uri(state), __KEY } });
  }

  async #selection(item: CalculatedItem, around: EntityState, state: SelectionState, form: string): Promise<string> {
    const { name } = item.attribute;
    const uri = `${this.#uri(around)}/${name}?$expand=${name}`;
    if (!item.columns)
      return JSON.stringify(form === 'array' ? { __COUNT: await state.count() } : { __deferred: { uri } });
    const { skip, top, columns, predicate, order } = item;
    const { def } = state.of;
    const shown = predicate || order ? state.narrowed(predicate ?? all, order) : state;
    const members = await shown.members();
    const { text, sent } = await this.#page(def, membersBetween(def, members, skip, skip + top), columns, form);
    if (form === 'array') return `[${text}]`;
    const count = memberCount(members);
    return `{"__ENTITYSET":${JSON.stringify(uri)},"__DATACLASS":"${def.name}","__GlobalStamp":0,"__COUNT":${count},"__SENT":${sent},"__FIRST":${skip},"__ENTITIES":[${text}]}`;
  }

  /** Entities in full and in their order, with calculated values of their own. */
  async #page(
    dataClass: DataClassDef,
    keys: readonly Key[],
    columns: Columns,
    form: string,
  ): Promise<{ readonly text: string; readonly sent: number }> {
    const { engine } = this.#visit.services;
    const rows: Rows = form === 'array' ? { kind: 'array', columns, keys: false } : { kind: 'entities', columns };
    const executor = callIfAny()?.executor ?? engine;
    const row = (await executor.row(membersStatement(dataClass, rows, keys, engine.dialect))) as Row;
    const bytes = row['entities'] as Uint8Array | null;
    if (!bytes) return { text: '', sent: 0 };
    const text = await withCalculated(Buffer.from(bytes).toString('utf8'), columns, this.#visit, this.#manner);
    return { text, sent: Number(row['sent']) };
  }

  #uri({ def, key }: EntityState): string {
    const { mount, brackets } = this.#columns.links;
    return `${mount}/${def.name}${brackets[0]}${printKeyInUri(key ?? [])}${brackets[1]}`;
  }
}

/** Does the entity fulfil the condition? */
async function isAmong({ of, def, key }: EntityState, predicate: Predicate): Promise<boolean> {
  return (await of.select(allOf(keysOf(def, [key as Key]), predicate)).count()) > 0;
}

/** The pieces between the mark bytes: text, mark, text, mark, text. */
function split(json: Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(markByte); at >= 0; at = bytes.indexOf(markByte, from)) {
    pieces.push(bytes.subarray(from, at));
    from = at + 1;
  }
  pieces.push(bytes.subarray(from));
  return pieces;
}
