// Bytes straight into one picture or BLOB, and their removal (spec 10 §§ 7.2 to 7.5, 11 § 5).
import { failHttp } from '../errors.ts';
import type { StorageDef } from '../model/model.ts';
import { saveEntity } from '../orm/save.ts';
import { classOfEntity } from '../plan/entity-ref.ts';
import type { WriteMediaPlan } from '../plan/media-plan.ts';
import { printKeyInUri } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import { permitsWrite } from '../request/conditions.ts';
import type { MediaChange } from '../store/change.ts';
import type { Row, Transaction } from '../store/engine.ts';
import { alsoSeeing } from '../store/restricted.ts';
import { mediaStatement, ownMedia } from '../store/sql/media.ts';
import { heldStatement } from '../store/sql/write.ts';
import { receive } from './content.ts';
import type { Visit } from './context.ts';
import { findKey, missing } from './entity.ts';
import type { OkOutcome } from './outcome.ts';
import { withCode, writeUnit } from './with-code.ts';

/** @throws KeystampError 1543, 412 when a condition of the request does not hold, 1824, 413, and those of a save */
export function runWriteMedia(plan: WriteMediaPlan, visit: Visit): Promise<OkOutcome> {
  const { events, name } = classOfEntity(plan.entity);
  return events ? withCode(visit, name, () => writeMedia(plan, visit)) : writeMedia(plan, visit);
}

async function writeMedia(plan: WriteMediaPlan, visit: Visit): Promise<OkOutcome> {
  const { entity, attribute } = plan;
  const dataClass = classOfEntity(entity);
  const { engine } = visit.services;
  const key = await findKey(entity, visit);
  // Looked up before the body is read: bytes for nothing are not received.
  if (!key || !(await engine.row(mediaStatement(dataClass, ownMedia(attribute), key)))) throw missing(entity);
  const write = async (change: MediaChange): Promise<OkOutcome> => {
    const row = await writeUnit(visit, async (tx) => {
      await tx.lock(heldStatement(dataClass, key));
      const before = await tx.row(mediaStatement(dataClass, ownMedia(attribute), key));
      if (!before) throw missing(entity);
      checkConditions(before, visit);
      const media = new Map([[attribute, change]]);
      await saveEntity(tx, { dataClass, key, values: new Map(), media, targets: [] }, visit.writeContext);
      return versionRow(tx, attribute, key);
    });
    return { kind: 'ok', headers: versionHeaders(plan, key, row) };
  };
  if (!plan.body) return write({ kind: 'clear' });
  return receive(plan.body, visit, ({ content, bytes, mediatype }) =>
    write({ kind: 'set', content, bytes, mediatype }),
  );
}

const versionRow = async (tx: Transaction, attribute: StorageDef, key: Key): Promise<Row> =>
  (await tx.row(alsoSeeing(mediaStatement(attribute.owner, ownMedia(attribute), key), attribute.owner, key))) as Row;

/** An ETag names the stored bytes first, so any format's ETag tells whether they are still the same (spec 10 § 7.4). */
function checkConditions(row: Row, { http }: Visit): void {
  const hash = row['hash'] as Uint8Array | null;
  const begin = hash && `"${Buffer.from(hash).toString('base64url').slice(0, 22)}-`;
  const isStored = (tag: string): boolean => begin !== null && tag.startsWith(begin);
  if (!permitsWrite(http.headers, isStored, hash !== null, Number(row['time']))) throw failHttp(412);
}

/** Spares the client a read of the new version (spec 10 § 7.8). */
function versionHeaders({ attribute, columns }: WriteMediaPlan, key: Key, row: Row): Record<string, string> {
  if (attribute.type !== 'image' || row['hash'] === null) return {};
  const { mount, brackets, imagePrefix, imageSuffix } = columns.links;
  const version = String(row['version']);
  const entity = `${mount}/${attribute.owner.name}${brackets[0]}${printKeyInUri(key)}${brackets[1]}`;
  return {
    'Keystamp-Image-Version': version,
    'Keystamp-Image-URI': `${entity}/${attribute.name}?${imagePrefix}${version}${imageSuffix(attribute.name)}`,
  };
}
