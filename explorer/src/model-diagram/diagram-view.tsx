// The drawing of a model: a box for each dataclass, lines between them for their relations.
import { useMemo, useState, type ReactNode } from 'react';
import type { Attribute, Catalog } from '../api/catalog.ts';
import { useCounts } from '../api/counts.tsx';
import { describe } from '../filter/completions.ts';
import { href } from '../route.ts';
import { Link } from '../ui/link.tsx';
import { printCount, printNumber } from '../ui/print.ts';
import { useNarrow } from '../ui/use-narrow.ts';
import { layOut, nodeWidth, type Edge, type Node } from './layout.ts';

export function DiagramView({ catalog }: { readonly catalog: Catalog }): ReactNode {
  const narrow = useNarrow();
  const { width, height, edges, nodes } = useMemo(() => layOut(catalog, narrow), [catalog, narrow]);
  const counts = useCounts();
  const [over, setOver] = useState<string>();
  return (
    <div className="diagram" tabIndex={0} role="region" aria-label="Diagram of the model">
      <div className="diagram-sheet" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {edges.map((edge) => (
            <Relation key={edge.name} edge={edge} lit={edge.ends.includes(over ?? '')} />
          ))}
        </svg>
        {nodes.map((node) => (
          <Box key={node.dataClass.name} node={node} count={counts.get(node.dataClass.name)} onOver={setOver} />
        ))}
      </div>
    </div>
  );
}

interface BoxProps {
  readonly node: Node;
  readonly count: number | undefined;
  readonly onOver: (name: string | undefined) => void;
}

function Box({ node: { dataClass, x, y, height, rows, more }, count, onOver }: BoxProps): ReactNode {
  const { name, attributes } = dataClass;
  const entities = count === undefined ? 'unknown number of entities' : printCount(count, 'entity', 'entities');
  return (
    <div
      className="diagram-node"
      style={{ left: x, top: y, width: nodeWidth, height }}
      onPointerEnter={() => onOver(name)}
      onPointerLeave={() => onOver(undefined)}
      onFocus={() => onOver(name)}
      onBlur={() => onOver(undefined)}
    >
      <div className="diagram-head">
        <Link
          to={href({ kind: 'dataClass', dataClass: name })}
          className="diagram-link one-line"
          aria-label={`${name}, ${entities}, ${printCount(attributes.length, 'attribute', 'attributes')}`}
        >
          {name}
        </Link>
        {count !== undefined && <span className="count">{printNumber(count)}</span>}
      </div>
      {rows.map(({ attribute }) => (
        <Line key={attribute.name} attribute={attribute} />
      ))}
      {more > 0 && <div className="diagram-row muted">and {printNumber(more)} more</div>}
    </div>
  );
}

function Line({ attribute }: { readonly attribute: Attribute }): ReactNode {
  const { name, kind, value, identifying } = attribute;
  const derived = kind === 'calculated' || kind === 'alias';
  return (
    <div className={`diagram-row ${value}${identifying ? ' key' : ''}${derived ? ' derived' : ''}`}>
      <span className="one-line">{name}</span>
      <small>{describe(attribute)}</small>
    </div>
  );
}

/** A line with a crow's foot where many are. */
function Relation({ edge: { path, many, one }, lit }: { readonly edge: Edge; readonly lit: boolean }): ReactNode {
  const foot = many.x + many.way * 10;
  return (
    <g className={lit ? 'diagram-edge lit' : 'diagram-edge'}>
      <path d={path} />
      <path d={`M${foot} ${many.y}L${many.x} ${many.y - 5}M${foot} ${many.y}L${many.x} ${many.y + 5}`} />
      <path d={`M${one.x + one.way * 7} ${one.y - 5}v10`} />
    </g>
  );
}
