// What a function returned → the answer (spec 12 §§ 4, 5): entities and selections as a read gives them, bytes as bytes,
// anything else as JSON.
import { Readable } from 'node:stream';
import { failHttp } from '../errors.ts';
import { stateOf } from '../orm/entity-state.ts';
import { amongMembers, memberCount, membersBetween, type Members, type PackedMembers } from '../orm/members.ts';
import { MediaBytes } from '../orm/media-value.ts';
import { OutgoingMessage } from '../orm/outgoing-message.ts';
import { selectionStateOf, type SelectionState } from '../orm/selection-state.ts';
import type { CallPlan } from '../plan/call-plan.ts';
import type { Columns } from '../query/columns.ts';
import { keyCount, keysBetween } from '../query/key-list.ts';
import { readBytes } from '../request/body.ts';
import type { Row } from '../store/engine.ts';
import { entitiesStatement } from '../store/sql/select.ts';
import { bytesWithCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import { entityJsonOf } from './entity-in-memory.ts';
import type { CallResult, SelectionOutcome } from './outcome.ts';
import { members, pageOf, totalOf } from './selection.ts';
import { keepAsSet } from './source.ts';

/** @throws Error for an object that holds itself */
export function resultOf(value: unknown, plan: CallPlan, visit: Visit): CallResult | Promise<CallResult> {
  if (value === undefined) return { kind: 'nothing' };
  const entity = stateOf(value);
  if (!entity) return otherResult(value, plan, visit);
  const json = entityJsonOf(entity, plan.columns(entity.def), visit);
  return typeof json === 'string' ? { kind: 'entity', json } : json.then((text) => ({ kind: 'entity', json: text }));
}

async function otherResult(value: unknown, plan: CallPlan, visit: Visit): Promise<CallResult> {
  const selection = selectionStateOf(value);
  if (selection) return { kind: 'selection', selection: await pageOfSelection(selection, plan, visit) };
  if (value instanceof OutgoingMessage) return messageOf(value, plan, visit);
  const stream = streamIn(value);
  if (stream) return messageOf(await messageFor(stream, visit), plan, visit);
  const bytes = await bytesIn(value);
  if (bytes) return { kind: 'bytes', ...bytes };
  return { kind: 'json', text: await jsonOf(value, plan, visit) };
}

async function pageOfSelection(selection: SelectionState, plan: CallPlan, visit: Visit): Promise<SelectionOutcome> {
  const { def } = selection.of;
  const { skip, keep, timeoutSeconds } = plan;
  const { top = def.defaultTopSize } = plan;
  const rows = { kind: 'entities', columns: plan.columns(def) } as const;
  const outcome = { kind: 'selection', dataClass: def, rows, first: skip } as const;
  const { description } = selection;
  // Composite keys make no set.
  if (keep && def.key.length === 1) {
    const found = await selection.found();
    const kept = await keepAsSet(
      found.kind === 'described' ? found : { kind: 'listed', keys: (found as PackedMembers).list },
      { dataClass: def, timeoutSeconds },
      { from: skip, to: skip + top },
      visit,
    );
    const page = await members(def, rows, kept.shown, visit);
    return { ...outcome, ...page, total: kept.set.members, setId: kept.set.id };
  }
  const evaluated = description && !keep ? undefined : await selection.members();
  if (evaluated?.kind === 'packed') {
    const { list } = evaluated;
    const page = await members(def, rows, keysBetween(list, skip, skip + top), visit);
    return { ...outcome, ...page, total: keyCount(list) };
  }
  const described = description ?? { dataClass: def, predicate: amongMembers(def, evaluated!), order: [] };
  const page = await pageOf(described, rows, skip, top, visit);
  return { ...outcome, ...page, total: await totalOf(described, skip, top, page.sent, visit) };
}

type Bytes = { readonly bytes: Uint8Array; readonly mediatype: string };

async function bytesIn(value: unknown): Promise<Bytes | undefined> {
  if (value instanceof MediaBytes) return { bytes: await value.bytes(), mediatype: value.mediatype };
  return value instanceof Uint8Array ? { bytes: value, mediatype: 'application/octet-stream' } : undefined;
}

async function messageOf(message: OutgoingMessage, plan: CallPlan, visit: Visit): Promise<CallResult> {
  const { status, headers, body } = message;
  const made = { kind: 'message', status, headers } as const;
  if (body === undefined) return made;
  if (typeof body === 'string') return { ...made, body };
  const bytes = await bytesIn(body);
  return { ...made, body: bytes ? bytes.bytes : await jsonOf(body, plan, visit) };
}

/** What older code returns to send bytes (spec 12 § 5.4). */
interface HttpStream {
  readonly HTTPStream: Uint8Array | MediaBytes | Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

function streamIn(value: unknown): HttpStream | undefined {
  if (typeof value !== 'object' || value === null || !('HTTPStream' in value)) return undefined;
  const { HTTPStream: stream } = value;
  const sends = stream instanceof Uint8Array || stream instanceof MediaBytes || stream instanceof Readable;
  return sends ? (value as HttpStream) : undefined;
}

async function messageFor(
  { HTTPStream: stream, headers = {} }: HttpStream,
  { services }: Visit,
): Promise<OutgoingMessage> {
  const { maxBlobBytes, bodyIdleSeconds } = services.config;
  const message = new OutgoingMessage();
  message.setBody(
    stream instanceof Readable
      ? await readBytes(stream, { limit: maxBlobBytes, idleMs: bodyIdleSeconds * 1000 })
      : stream,
  );
  for (const [name, value] of Object.entries(headers)) message.setHeader(name, value);
  return message;
}

/** The JSON text of a value: entities in it as objects, selections as arrays of them (spec 12 §§ 4, 4.3). */
export async function jsonOf(
  value: unknown,
  plan: CallPlan,
  visit: Visit,
  around: readonly object[] = [],
): Promise<string> {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : objectJson(value, plan, visit, around);
    default:
      return 'null';
  }
}

const deepest = 100;

async function objectJson(value: object, plan: CallPlan, visit: Visit, around: readonly object[]): Promise<string> {
  if (around.includes(value)) throw new Error('The result of the function holds itself');
  if (around.length > deepest) throw new Error(`The result of the function nests over ${deepest} levels`);
  const entity = stateOf(value);
  if (entity) return entityJsonOf(entity, plan.columns(entity.def), visit);
  const selection = selectionStateOf(value);
  if (selection) return `[${await entitiesJson(selection, plan, visit)}]`;
  if (value instanceof MediaBytes) return JSON.stringify('width' in value ? '[object Picture]' : '[object Blob]');
  if (value instanceof Uint8Array) return JSON.stringify('[object Blob]');
  const inside = [...around, value];
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return jsonOf((value.toJSON as () => unknown)(), plan, visit, inside);
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (const item of value as readonly unknown[]) items.push(await jsonOf(item, plan, visit, inside));
    return `[${items.join(',')}]`;
  }
  const parts: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue;
    parts.push(`${JSON.stringify(name)}:${await jsonOf(member, plan, visit, inside)}`);
  }
  return `{${parts.join(',')}}`;
}

/** All entities of a selection, up to the largest page. */
async function entitiesJson(selection: SelectionState, plan: CallPlan, visit: Visit): Promise<string> {
  const { def } = selection.of;
  const { config } = visit.services;
  const found = await selection.members();
  if ((await selection.count()) > config.maxEntitiesPerPage)
    throw failHttp(500, `a selection of over ${config.maxEntitiesPerPage} entities inside a result`);
  const columns = plan.columns(def);
  const parts: string[] = [];
  for (let from = 0; from < memberCount(found); from += readAtOnce) {
    const text = await membersJson(found, from, columns, visit);
    if (text !== '') parts.push(text);
  }
  return parts.join(',');
}

/** Entities of one statement. */
const readAtOnce = 500;

/** A part of the members, those that are still there, with commas between them. */
async function membersJson(found: Members, from: number, columns: Columns, visit: Visit): Promise<string> {
  const { engine } = visit.services;
  const { dialect } = engine;
  const keys = membersBetween(columns.dataClass, found, from, from + readAtOnce);
  const row = (await engine.row(entitiesStatement(columns, keys, dialect))) as Row;
  const bytes = await bytesWithCalculated(row['entities'] as Uint8Array | null, columns, visit);
  return bytes === null ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
