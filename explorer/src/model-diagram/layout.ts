// Where the dataclasses stand in the diagram: neighbours near each other, left to right along their relations.
import type { Attribute, Catalog, DataClass } from '../api/catalog.ts';

export const nodeWidth = 240;
const rowHeight = 20;
const headHeight = 38;
const gapX = 110;
const gapY = 36;
const margin = 16;

export interface Node {
  readonly dataClass: DataClass;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** The attributes that are shown, and where their rows are, from the top of the node. */
  readonly rows: readonly { readonly attribute: Attribute; readonly y: number }[];
  /** How many more there are. */
  readonly more: number;
}

/** A relation to one and, where there is one, its inverse. */
export interface Edge {
  readonly name: string;
  /** The names of the dataclasses at its ends. */
  readonly ends: readonly string[];
  readonly path: string;
  /** Of the end with many, and of the end with one. */
  readonly many: Point;
  readonly one: Point;
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** Which way the line leaves: -1 to the left, 1 to the right. */
  readonly way: -1 | 1;
}

export interface Diagram {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}

/** Of a class with more attributes, relations are shown and the first of the others. */
const mostRows = 28;

/** @param narrow puts all of them below each other */
export function layOut({ dataClasses }: Catalog, narrow: boolean): Diagram {
  const placed = columnsOf(dataClasses);
  const columns = narrow ? [placed.flat()] : placed;
  const nodes: Node[] = [];
  let height = 0;
  for (const [column, members] of columns.entries()) {
    let y = margin;
    for (const dataClass of members) {
      const node = nodeOf(dataClass, margin + column * (nodeWidth + gapX), y);
      nodes.push(node);
      y += node.height + gapY;
    }
    height = Math.max(height, y - gapY + margin);
  }
  return {
    nodes,
    edges: nodes.flatMap((node) => edgesFrom(node, nodes)),
    // Relations within a column go round its right side.
    width: margin * 2 + columns.length * (nodeWidth + gapX) - gapX + 64,
    height,
  };
}

function nodeOf(dataClass: DataClass, x: number, y: number): Node {
  const { attributes } = dataClass;
  const relations = attributes.filter(({ target }) => target !== undefined).length;
  let room = attributes.length > mostRows ? Math.max(4, mostRows - relations) : attributes.length;
  const rows = attributes
    .filter(({ target }) => target !== undefined || room-- > 0)
    .map((attribute, at) => ({ attribute, y: headHeight + at * rowHeight + rowHeight / 2 }));
  const more = attributes.length - rows.length;
  return { dataClass, x, y, rows, more, height: headHeight + (rows.length + (more > 0 ? 1 : 0)) * rowHeight + 8 };
}

/** Columns by the distance from the class with the most relations, each sorted to keep lines short. */
function columnsOf(dataClasses: readonly DataClass[]): readonly (readonly DataClass[])[] {
  const neighbours = new Map(
    dataClasses.map(({ name }) => [
      name,
      new Set(
        dataClasses.flatMap((other) =>
          other.attributes.flatMap(({ target }) =>
            target === undefined || target === other.name
              ? []
              : other.name === name
                ? [target]
                : target === name
                  ? [other.name]
                  : [],
          ),
        ),
      ),
    ]),
  );
  const left = new Set(dataClasses.map(({ name }) => name));
  const columns: string[][] = [];
  const degree = (name: string): number => neighbours.get(name)?.size ?? 0;
  while (left.size > 0) {
    // Every group of connected classes begins at its edge, so that the lines go one way.
    const start = [...left].toSorted((a, b) => degree(a) - degree(b))[0] as string;
    let ring = [start];
    for (let column = 0; ring.length > 0; column++) {
      for (const name of ring) left.delete(name);
      columns[column] = [...(columns[column] ?? []), ...ring];
      ring = [...new Set(ring.flatMap((name) => [...(neighbours.get(name) ?? [])]))].filter((name) => left.has(name));
    }
  }
  return columns.map((names) =>
    names.map((name) => dataClasses.find((dataClass) => dataClass.name === name) as DataClass),
  );
}

function edgesFrom(node: Node, nodes: readonly Node[]): readonly Edge[] {
  return node.rows.flatMap(({ attribute, y }) => {
    if (attribute.value !== 'relatedEntity') return [];
    const target = nodes.find(({ dataClass }) => dataClass.name === attribute.target);
    if (!target) return [];
    const inverse = target.rows.find((row) => row.attribute.name === attribute.inverseName);
    // One below the other, or the same: round the right side.
    const beside = target.x === node.x;
    const toRight = target.x >= node.x;
    const many: Point = { x: node.x + (toRight ? nodeWidth : 0), y: node.y + y, way: toRight ? 1 : -1 };
    const way = target.x <= node.x ? 1 : -1;
    const one: Point = { x: target.x + (way > 0 ? nodeWidth : 0), y: target.y + (inverse?.y ?? headHeight / 2), way };
    const ends = [node.dataClass.name, target.dataClass.name];
    return [{ name: `${node.dataClass.name}.${attribute.name}`, ends, many, one, path: curve(many, one, beside) }];
  });
}

/** From the many to the one: leaves both ends level. */
function curve(from: Point, to: Point, beside: boolean): string {
  const reach = beside ? 48 : Math.max(40, Math.abs(to.x - from.x) / 2);
  return `M${from.x} ${from.y}C${from.x + from.way * reach} ${from.y} ${to.x + to.way * reach} ${to.y} ${to.x} ${to.y}`;
}
