// `POST $upload`: the bytes are stored at once and held by the session until a save uses them (spec 11 § 3).
import { isMultipart } from '../request/multipart.ts';
import type { UploadPlan } from '../plan/media-plan.ts';
import { receive } from './content.ts';
import type { Visit } from './context.ts';
import type { UploadOutcome } from './outcome.ts';

export async function runUpload(plan: UploadPlan, visit: Visit): Promise<UploadOutcome> {
  const multipart = isMultipart(visit.http.headers['content-type'] as string | undefined);
  const said = multipart ? {} : { mediatype: plan.mediatype ?? 'application/octet-stream' };
  return receive({ picture: plan.picture, multipart, ...said }, visit, async ({ content, bytes, mediatype }) => {
    const session = visit.openSession();
    await session.stored;
    const id = await visit.services.uploads.create(session.id, content, bytes, mediatype, plan.timeoutSeconds);
    return { kind: 'upload', id };
  });
}
