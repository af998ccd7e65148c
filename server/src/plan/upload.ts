// `POST /rest/$upload`: bytes kept for a later save (spec 11 § 3).
import type { ApiRequest } from '../request/api-request.ts';
import { checkUpload } from './access.ts';
import type { PlanContext } from './context.ts';
import { mediaTypeIn } from './media.ts';
import type { UploadPlan } from './media-plan.ts';
import { askedTimeout } from './selection.ts';

const longestSeconds = 3600;

/** @throws KeystampError 1558 for who may put bytes nowhere */
export function planUpload(request: ApiRequest, contentType: string | undefined, context: PlanContext): UploadPlan {
  const { config } = context;
  checkUpload(context);
  const raw = request.params.get('rawPict');
  const picture = request.params.has('rawPict') && raw?.toLowerCase() !== 'false';
  const sent = contentType?.split(';')[0]?.trim().toLowerCase();
  const mediatype = picture ? (mediaTypeIn(raw) ?? (sent?.startsWith('image/') ? sent : undefined)) : sent;
  return {
    kind: 'upload',
    picture,
    ...(mediatype !== undefined && mediatype !== '' && { mediatype }),
    timeoutSeconds: Math.min(askedTimeout(request) ?? config.uploadSeconds, longestSeconds),
  };
}
