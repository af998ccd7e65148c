// What is assigned to a picture or BLOB → the change that is written.
import { fail, failHttp } from '../errors.ts';
import type { StorageDef } from '../model/model.ts';
import type { Upload } from '../session/uploads.ts';
import type { MediaChange } from '../store/change.ts';
import { readContent } from '../store/content.ts';
import type { CallContext } from './call-context.ts';
import type { CallServices } from './call-services.ts';
import { describeContent } from './describe-content.ts';
import { MediaBytes, type MediaInput } from './media-value.ts';

/** The code for an upload that is gone. */
export const goneUpload = ({ type }: StorageDef): 1825 | 1826 => (type === 'image' ? 1825 : 1826);

/**
 * @throws KeystampError 1824 no picture, 1825 and 1826 no such upload, 1826 for a BLOB that is gone, 413
 */
export async function mediaChange(
  attribute: StorageDef,
  input: MediaInput | null,
  { services, session }: CallContext,
): Promise<MediaChange> {
  if (input === null) return { kind: 'clear' };
  if ('ID' in input) {
    const upload = await services.uploads.find(input.ID, session?.id);
    if (!upload) throw fail(goneUpload(attribute), input.ID);
    return uploadChange(attribute, upload, services);
  }
  const isPicture = attribute.type === 'image';
  const most = isPicture ? services.config.maxImageBytes : services.config.maxBlobBytes;
  const known = input instanceof MediaBytes ? MediaBytes.contentOf(input) : undefined;
  if (input instanceof MediaBytes && known && (known.picture || !isPicture)) {
    if (known.size > most) throw failHttp(413, `over ${most} bytes`);
    // Where they are gone because their entity has changed, the save has more to tell.
    const bytes = await input.held();
    return { kind: 'set', content: known, ...(bytes && { bytes }), mediatype: input.mediatype };
  }
  const bytes = input instanceof Uint8Array ? input : await input.bytes();
  if (bytes.length > most) throw failHttp(413, `over ${most} bytes`);
  const content = await describeContent(bytes, isPicture, services.converter);
  const mediatype = input instanceof Uint8Array ? content.mediatype : input.mediatype;
  return { kind: 'set', content, bytes, mediatype };
}

/** An image attribute takes any upload that turns out to be a picture (spec 11 § 4.3). */
export async function uploadChange(
  attribute: StorageDef,
  { id, content, mediatype }: Upload,
  { config, engine, converter }: Pick<CallServices, 'config' | 'engine' | 'converter'>,
): Promise<MediaChange> {
  if (attribute.type === 'blob' || content.picture) return { kind: 'set', content, mediatype };
  if (content.size > config.maxImageBytes) throw failHttp(413, `over ${config.maxImageBytes} bytes`);
  const bytes = await readContent(engine, content.hash);
  if (!bytes) throw fail(1825, id);
  return { kind: 'set', content: await describeContent(bytes, true, converter), mediatype };
}
