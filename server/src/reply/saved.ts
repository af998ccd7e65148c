// What came of a save: the stored entities, their errors, and the status of the first failure (spec 06 §§ 1.3, 2; P2).
import type { Config } from '../config.ts';
import { saveStatuses } from '../orm/save-error.ts';
import type { SavedItem, SavedOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { printErrors } from './error.ts';
import { dataReply, onceReply } from './json.ts';

export function replySaved({ items, answer }: SavedOutcome, { dialect }: Config): HttpReply {
  const texts = items.map((item) => itemText(item, dialect));
  const list = texts.join(',');
  const body = answer === 'one' ? (texts[0] ?? '{}') : answer === 'array' ? `[${list}]` : `{"__ENTITIES":[${list}]}`;
  const failure = items.find((item) => item.kind === 'failed');
  return failure ? onceReply(failure.error.status, body) : dataReply(body);
}

function itemText(item: SavedItem, dialect: Config['dialect']): string {
  switch (item.kind) {
    case 'nothing':
      return '{}';
    case 'saved':
      return dialect === 'wakanda' ? item.json : `{"__STATUS":{"success":true},${item.json.slice(1)}`;
    case 'failed': {
      const status = { status: item.status, statusText: saveStatuses[item.status], success: false };
      const known =
        item.json ?? (item.key ? JSON.stringify({ __KEY: item.key.map(String).join('&') }) : '{"__STAMP":0}');
      const errors = JSON.stringify(printErrors(item.error, dialect));
      return `{"__STATUS":${JSON.stringify(status)},${known.slice(1, -1)},"__ERROR":${errors}}`;
    }
    default:
      return item satisfies never;
  }
}
