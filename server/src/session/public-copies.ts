// Pictures and BLOBs that everybody may see, and what is said when they no longer may (spec 10 § 9.12).
import type { OnEvent } from '../events.ts';
import { isMedia, type Model } from '../model/model.ts';
import type { Engine } from '../store/engine.ts';
import { recalledStatement, rememberStatement } from '../store/sql/meta.ts';
import type { Access } from './access.ts';
import { attributeResource } from './sight.ts';

const metaName = 'publicMedia';

/**
 * Reminds of the copies that shared caches still hold of what has become protected since the last start.
 * @param guest what everybody may do without logging in; absent where that is nothing
 */
export async function remindOfPublicCopies(
  model: Model,
  guest: Access | undefined,
  engine: Engine,
  onEvent: OnEvent,
): Promise<void> {
  const now = [...model.dataClasses.values()]
    .flatMap(({ storage }) => storage)
    .filter((attribute) => isMedia(attribute) && !attribute.owner.code.restrict)
    .filter((attribute) => guest?.may('read', attributeResource(attribute)))
    .map(({ owner, name }) => `${owner.name}.${name}`);
  const row = await engine.row(recalledStatement(metaName));
  const before = row ? (JSON.parse(String(row['value'])) as readonly string[]) : [];
  for (const attribute of before) if (!now.includes(attribute)) onEvent({ kind: 'publicCopies', attribute });
  const text = JSON.stringify(now);
  if (text === row?.['value']) return;
  await engine.write((tx) => tx.run(rememberStatement(metaName, text)));
}
