// One entity as a page of its own.
import type { ReactNode } from 'react';
import type { DataClass } from '../api/catalog.ts';
import { EntityForm } from '../form/entity-form.tsx';

export function EntityPage({
  dataClass,
  entityKey,
}: {
  readonly dataClass: DataClass;
  readonly entityKey: string | undefined;
}): ReactNode {
  return (
    <div className="entity-page">
      <EntityForm key={`${dataClass.name} ${entityKey}`} dataClass={dataClass} entityKey={entityKey} />
    </div>
  );
}
