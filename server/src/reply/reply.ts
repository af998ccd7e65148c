// Stage 4: Outcome → HttpReply. No queries here.
import type { Config } from '../config.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { replyCall } from './call.ts';
import { replyCatalog } from './catalog.ts';
import { replyChanges } from './changes.ts';
import { dataReply, onceReply } from './json.ts';
import { replyInfo } from './info.ts';
import { replyLock } from './lock.ts';
import { replyLogin } from './login.ts';
import { replyEnvelope, replyMedia } from './media.ts';
import { replySaved } from './saved.ts';
import { replyArray, replySelection } from './selection.ts';

/** @param mount of the request, with the model when its path names one: prefix of all uris of data */
export function reply(plan: Plan, outcome: Outcome, mount: string, config: Config): HttpReply {
  switch (outcome.kind) {
    case 'entity':
      return dataReply(outcome.json);
    case 'selection':
      return replySelection(outcome, mount);
    case 'value':
      return dataReply(outcome.json);
    case 'array':
      return replyArray(outcome.items);
    case 'media':
      if (plan.kind !== 'media') throw new Error('Bytes came of a plan that reads none');
      return replyMedia(plan, outcome);
    case 'envelope':
      if (plan.kind !== 'media') throw new Error('An envelope came of a plan that reads no picture');
      return replyEnvelope(plan, outcome);
    case 'empty':
      return onceReply(200, '{}', { Vary: 'Accept' });
    case 'saved':
      return replySaved(outcome, config);
    case 'ok':
      return onceReply(200, '{"ok":true}', outcome.headers);
    case 'lock':
      return replyLock(outcome);
    case 'catalog':
      return replyCatalog(outcome, config);
    case 'info':
      return replyInfo(outcome);
    case 'login':
      return replyLogin(outcome, config.dialect);
    case 'answer':
      return onceReply(200, outcome.json, outcome.headers);
    case 'called':
      return replyCall(outcome, mount, config);
    case 'changes':
      return replyChanges(outcome);
    case 'upload':
      return onceReply(200, JSON.stringify({ ID: outcome.id }));
    default:
      return outcome satisfies never;
  }
}
