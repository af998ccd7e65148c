// Which columns a list has: the path of an attribute each, in the URL as `$attributes`.
import { attributeAt, dataClassOf, type Attribute, type Catalog, type DataClass } from '../api/catalog.ts';
import type { Params } from '../api/connection.ts';
import { cellOf } from '../cells/cells.ts';
import { thumbnailSize } from '../cells/image/view.tsx';
import { pictureParams } from '../picture/picture-url.ts';

export interface Column {
  /** `employer.name` */
  readonly path: string;
  readonly attribute: Attribute;
  readonly width: number;
}

const mostAtFirst = 12;

/** The columns that a list begins with: the key, pictures, what an entity is called, its relations, and the rest. */
export function defaultPaths({ attributes, key, labels }: DataClass): readonly string[] {
  const foreign = new Set(attributes.flatMap(({ foreignKey }) => foreignKey ?? []));
  const rank = ({ name, value }: Attribute): number =>
    value === 'image' ? 0 : labels.includes(name) ? 1 : value === 'relatedEntity' ? 2 : 3;
  const shown = attributes.filter(
    ({ name, value, multiLine, identifying }) =>
      !identifying &&
      !multiLine &&
      !foreign.has(name) &&
      !['relatedEntities', 'uuid', 'blob', 'object'].includes(value),
  );
  const ordered = shown.toSorted((a, b) => rank(a) - rank(b));
  return [...key, ...ordered.map(({ name }) => name)].slice(0, mostAtFirst);
}

/** The columns of a list of paths; those that are unknown are left out. */
export function readColumns(paths: readonly string[], dataClass: DataClass, catalog: Catalog): readonly Column[] {
  return paths.flatMap((path) => {
    const attribute = attributeAt(catalog, dataClass, path);
    if (!attribute) return [];
    return [{ path, attribute, width: widthOf(attribute) }];
  });
}

function widthOf(attribute: Attribute): number {
  const { identifying, value, type, simpleDate } = attribute;
  if (identifying && value === 'number') return 72;
  return type === 'date' && !simpleDate ? 160 : cellOf(attribute).width;
}

/** How the pages of a list with these columns are asked for. */
export function paramsOf(columns: readonly Column[], catalog: Catalog): Params {
  const paths = columns.flatMap(({ path, attribute }) => {
    if (attribute.value !== 'relatedEntity') return [path];
    const { labels = [] } = dataClassOf(catalog, attribute.target ?? '') ?? {};
    return labels.length > 0 ? labels.map((label) => `${path}.${label}`) : [path];
  });
  const blobs = columns.filter(({ path, attribute }) => attribute.value === 'blob' && !path.includes('.'));
  return {
    $attributes: [...new Set(paths)].join(','),
    ...(blobs.length > 0 && { $expand: blobs.map(({ path }) => path).join(',') }),
    ...(columns.some(({ attribute }) => attribute.value === 'image') && {
      ...pictureParams(thumbnailSize.grid, 'cover'),
      $imageinfo: true,
    }),
  };
}

/** The value at the end of a path; undefined where it was not asked for. */
export function valueAt(entity: unknown, path: string): unknown {
  let value: unknown = entity;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return value;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
