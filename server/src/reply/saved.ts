// What came of a save: the stored entities, their errors, and the status of the first failure (spec 06 §§ 1.3, 2; P2).
import type { Config } from '../config.ts';
import { saveStatuses } from '../orm/save-error.ts';
import { printKey } from '../query/print-key.ts';
import type { SavedItem, SavedOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { printErrors } from '../errors.ts';
import { dataReply, onceReply } from './json.ts';

export function replySaved(outcome: SavedOutcome, { dialect }: Config): HttpReply {
  if (outcome.purpose === 'validate') return replyValidated(outcome, dialect);
  const { items, answer, purpose } = outcome;
  const texts = items.map((item) => itemText(item, dialect, purpose));
  const list = texts.join(',');
  const body = answer === 'one' ? (texts[0] ?? '{}') : answer === 'array' ? `[${list}]` : `{"__ENTITIES":[${list}]}`;
  const failure = items.find((item) => item.kind === 'failed');
  return failure ? onceReply(failure.error.status, body) : dataReply(body);
}

/** All valid: `{"ok":true}`; otherwise one element per posted entity, in order (spec 06 § 3). */
function replyValidated({ items }: SavedOutcome, dialect: Config['dialect']): HttpReply {
  const failure = items.find((item) => item.kind === 'failed');
  if (!failure) return onceReply(200, '{"ok":true}');
  const elements = items.map((item) =>
    item.kind === 'failed' ? { __ERROR: printErrors(item.error, dialect) } : { ok: true },
  );
  return onceReply(failure.error.status, JSON.stringify({ __ENTITIES: elements }));
}

function itemText(item: SavedItem, dialect: Config['dialect'], purpose: SavedOutcome['purpose']): string {
  switch (item.kind) {
    case 'nothing':
      return '{}';
    case 'undone':
      return item.json;
    case 'saved':
      return dialect === 'wakanda' || purpose === 'refresh'
        ? item.json
        : `{"__STATUS":{"success":true},${item.json.slice(1)}`;
    case 'failed': {
      const status = { status: item.status, statusText: saveStatuses[item.status], success: false };
      const known = item.json ?? (item.key ? JSON.stringify({ __KEY: printKey(item.key) }) : '{"__STAMP":0}');
      const errors = JSON.stringify(printErrors(item.error, dialect));
      return `{"__STATUS":${JSON.stringify(status)},${known.slice(1, -1)},"__ERROR":${errors}}`;
    }
    default:
      return item satisfies never;
  }
}
