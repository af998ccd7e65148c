// The query of an image uri. Only the version differs between the entities of one answer, so the rest is made once.
import { printImageFormat } from './formats.ts';
import type { VariantSpec } from './variant.ts';

/** The query of an image uri is `prefix`, the version number, `suffix`. */
export interface ImageQuery {
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * The two constant pieces around the version number: the parameters in the fixed order `$imageformat`, `$version`,
 * `$expand` (spec 10 § 1.2), then those of DECISIONS P6 that were asked.
 * @param attribute name of the image attribute, or the alias path that leads to it
 */
export function imageQuery(attribute: string, spec: VariantSpec): ImageQuery {
  let suffix = `&$expand=${encodeURIComponent(attribute)}`;
  if (spec.width !== undefined) suffix += `&$imagewidth=${spec.width}`;
  if (spec.height !== undefined) suffix += `&$imageheight=${spec.height}`;
  if (spec.fit !== undefined) suffix += `&$imagefit=${spec.fit}`;
  if (spec.quality !== undefined) suffix += `&$imagequality=${spec.quality}`;
  return { prefix: `$imageformat=${printImageFormat(spec.format)}&$version=`, suffix };
}
