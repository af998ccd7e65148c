// The model as a drawing: dataclasses, their attributes, and the relations between them.
import type { ReactNode } from 'react';
import { loadCatalog, useCatalog } from '../api/catalog.ts';
import { DiagramView } from '../model-diagram/diagram-view.tsx';
import { printCount } from '../ui/print.ts';
import { useLoaded } from '../ui/use-loaded.ts';

/** A model that was read so lately is as it is now. */
const freshMs = 1000;

export function ModelPage({ model }: { readonly model: string | undefined }): ReactNode {
  const known = useCatalog();
  // Read again, so that the view shows the model as it is now, and how to ask for it.
  const [read] = useLoaded(`model ${model ?? ''}`, (signal) =>
    performance.now() - known.readAt < freshMs ? Promise.resolve(known) : loadCatalog(model, { signal }),
  );
  const catalog = read.kind === 'ready' ? read.value : known;
  return (
    <div className="model-page">
      <div className="page-head">
        <h1>{catalog.name}</h1>
        <p className="page-count">{printCount(catalog.dataClasses.length, 'dataclass', 'dataclasses')}</p>
      </div>
      <DiagramView catalog={catalog} />
    </div>
  );
}
