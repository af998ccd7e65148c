// `POST /rest/$upload`: bytes kept for a later save (spec 11 § 3).
import type { Config } from '../config.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { mediaTypeIn } from './media.ts';
import type { UploadPlan } from './plan.ts';
import { askedTimeout } from './selection.ts';

const longestSeconds = 3600;

export function planUpload(request: ApiRequest, contentType: string | undefined, config: Config): UploadPlan {
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
