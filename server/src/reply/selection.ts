// The envelope of a selection (spec 03 § 1).
import type { SelectionOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { dataReply } from './json.ts';
import { replyLooker } from './looker.ts';

const tail = Buffer.from(']}');
const open = Buffer.from('[');
const close = Buffer.from(']');

/** @param mount prefix of all uris: `/rest` */
export function replySelection(outcome: SelectionOutcome, mount: string): HttpReply {
  const { rows } = outcome;
  switch (rows.kind) {
    case 'entities':
      return replyEnvelope(outcome, mount);
    case 'array':
      return replyArray(outcome.entities);
    case 'looker':
      return replyLooker(outcome, rows.fields);
    default:
      return rows satisfies never;
  }
}

function replyEnvelope(outcome: SelectionOutcome, mount: string): HttpReply {
  const { dataClass, setId, total, sent, first, entities, explained, sync } = outcome;
  const name = dataClass.name;
  const setUri = setId === undefined ? undefined : `${mount}/${name}/$entityset/${setId}`;
  const set = setUri === undefined ? '' : `"__ENTITYSET":"${setUri}",`;
  const path = explained?.path === undefined ? '' : `"__queryPath":${explained.path},`;
  const plan = explained?.plan === undefined ? '' : `"__queryPlan":${explained.plan},`;
  const oldest = sync.oldestStamp === undefined ? '' : `"__OldestStamp":${sync.oldestStamp},`;
  const head = `{${set}${path}${plan}"__DATACLASS":"${name}","__entityModel":"${name}","__GlobalStamp":${sync.globalStamp},${oldest}"__COUNT":${total},"__SENT":${sent},"__FIRST":${first},"__ENTITIES":[`;
  const body = Buffer.concat(entities ? [Buffer.from(head), entities, tail] : [Buffer.from(head), tail]);
  return dataReply(body, setUri === undefined ? {} : { 'Content-Location': setUri });
}

/** A bare array of JSON texts separated by commas. */
export const replyArray = (items: Uint8Array | null): HttpReply =>
  dataReply(Buffer.concat(items ? [open, items, close] : [open, close]));
