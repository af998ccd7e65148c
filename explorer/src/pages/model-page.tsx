// The model as a drawing: dataclasses, their attributes, and the relations between them.
import { useMemo, useState, type ReactNode } from 'react';
import { loadCatalog, useCatalog } from '../api/catalog.ts';
import { useCounts } from '../api/counts.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { describe } from '../filter/completions.ts';
import { layOut, nodeWidth, type Edge, type Node } from '../model-diagram/layout.ts';
import { href, navigate } from '../route.ts';

export function ModelPage({ model }: { readonly model: string | undefined }): ReactNode {
  const known = useCatalog();
  // Read again, so that the view shows the model as it is now, and how to ask for it.
  const [read] = useLoaded(`model ${model ?? ''}`, (signal) => loadCatalog(model, { signal }));
  const catalog = read.kind === 'ready' ? read.value : known;
  const counts = useCounts();
  const diagram = useMemo(() => layOut(catalog), [catalog]);
  const [over, setOver] = useState<string>();
  return (
    <div className="model-page">
      <div className="page-head">
        <h1>{catalog.name}</h1>
        <p className="page-count">
          {catalog.dataClasses.length} {catalog.dataClasses.length === 1 ? 'dataclass' : 'dataclasses'}
        </p>
      </div>
      <div className="diagram" tabIndex={0} role="region" aria-label="Diagram of the model">
        <svg
          width={diagram.width}
          height={diagram.height}
          viewBox={`0 0 ${diagram.width} ${diagram.height}`}
          role="group"
          aria-label={`Model ${catalog.name}`}
        >
          {diagram.edges.map((edge) => (
            <Relation key={edge.name} edge={edge} lit={over !== undefined && edge.name.startsWith(`${over}.`)} />
          ))}
          {diagram.nodes.map((node) => (
            <Box key={node.dataClass.name} node={node} count={counts.get(node.dataClass.name)} onOver={setOver} />
          ))}
        </svg>
      </div>
    </div>
  );
}

interface BoxProps {
  readonly node: Node;
  readonly count: number | undefined;
  readonly onOver: (name: string | undefined) => void;
}

function Box({ node: { dataClass, x, y, height, rows }, count, onOver }: BoxProps): ReactNode {
  const to = href({ kind: 'dataClass', dataClass: dataClass.name });
  return (
    <g transform={`translate(${x} ${y})`}>
      <a
        href={to}
        className="diagram-node"
        aria-label={`${dataClass.name}, ${count ?? 'unknown number of'} entities, ${rows.length} attributes`}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          navigate(to);
        }}
        onPointerEnter={() => onOver(dataClass.name)}
        onPointerLeave={() => onOver(undefined)}
        onFocus={() => onOver(dataClass.name)}
        onBlur={() => onOver(undefined)}
      >
        <rect className="diagram-box" width={nodeWidth} height={height} rx="8" />
        <path className="diagram-head" d={`M0 30V8a8 8 0 0 1 8-8h${nodeWidth - 16}a8 8 0 0 1 8 8v22z`} />
        <text className="diagram-name" x="12" y="20">
          {dataClass.name}
        </text>
        {count !== undefined && (
          <text className="diagram-count" x={nodeWidth - 12} y="20">
            {count.toLocaleString('en').replaceAll(',', '\u202f')}
          </text>
        )}
        {rows.map(({ attribute, y: row }) => (
          <g key={attribute.name} className={`diagram-row ${attribute.kind}${attribute.identifying ? ' key' : ''}`}>
            <text x="12" y={row + 4}>
              {attribute.name}
            </text>
            <text className="diagram-type" x={nodeWidth - 12} y={row + 4}>
              {describe(attribute)}
            </text>
          </g>
        ))}
      </a>
    </g>
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
