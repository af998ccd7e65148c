// How the URIs of an answer look: mount, brackets, and the image parameters that travel into them (DECISIONS P6, P7).
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';
import { bestAsked, parseImageFormat } from '../image/formats.ts';
import { imageQuery } from '../image/image-uri.ts';
import { imageFits, maxVariantSide, type ImageFit, type VariantSpec } from '../image/variant.ts';
import type { Links } from '../query/columns.ts';
import type { ApiRequest, Params, Target } from '../request/api-request.ts';

/** A whole number of a parameter within its range, or nothing when it is absent. */
function bounded(params: Params, name: 'imagewidth' | 'imageheight' | 'imagequality', max: number): number | undefined {
  const text = params.get(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > max) throw fail(1806, `$${name}=${text} is not a whole number from 1 to ${max}`);
  return number;
}

/**
 * Size, fit and quality of the pictures.
 * @throws KeystampError 1806 for a value out of range
 */
export function imageSize(params: Params): Omit<VariantSpec, 'format'> {
  if (!['imagewidth', 'imageheight', 'imagefit', 'imagequality'].some((name) => params.has(name as 'imagefit')))
    return {};
  const width = bounded(params, 'imagewidth', maxVariantSide);
  const height = bounded(params, 'imageheight', maxVariantSide);
  const quality = bounded(params, 'imagequality', 100);
  const fit = params.get('imagefit')?.toLowerCase();
  if (fit !== undefined && !imageFits.includes(fit as ImageFit))
    throw fail(1806, `$imagefit=${fit} is not one of ${imageFits.join(', ')}`);
  return {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(fit !== undefined && { fit: fit as ImageFit }),
    ...(quality !== undefined && { quality }),
  };
}

/** The links of an answer. A format that does not exist is as if it was not given (spec 10 § 1.3). */
export function linksOf(request: ApiRequest, config: Config): Links {
  const { params, target } = request;
  const asked = params.get('imageformat');
  const format = (asked === undefined ? undefined : parseImageFormat(asked)) ?? bestAsked;
  const spec: VariantSpec = { format, ...imageSize(params) };
  return {
    mount: request.mount,
    brackets: usesBrackets(target) || config.dialect === 'qodly' ? ['[', ']'] : ['(', ')'],
    imagePrefix: imageQuery('', spec).prefix,
    imageSuffix: (attribute) => imageQuery(attribute, spec).suffix,
    imageInfo: params.flag('imageinfo'),
  };
}

/** Everything of a request that changes its links, as one text. */
export function linksKey({ params, target, mount }: ApiRequest): string {
  const of = (name: 'imageformat' | 'imagewidth' | 'imageheight' | 'imagefit' | 'imagequality'): string =>
    params.get(name) ?? '';
  return `${mount}|${usesBrackets(target)}|${of('imageformat')}|${of('imagewidth')}|${of('imageheight')}|${of('imagefit')}|${of('imagequality')}|${params.flag('imageinfo')}`;
}

/** The key of the path is written `[22]`, of an entity or of the member of a set. */
function usesBrackets(target: Target): boolean {
  if (target.kind !== 'data') return false;
  const { key } = target.dataClass;
  return target.set?.brackets ?? (key?.kind === 'keys' && key.brackets);
}
