// Which entity it is, when it was saved, and what can be done with it as a whole.
import type { WireEntity } from '@keystamp/client';
import type { ReactNode } from 'react';
import { labelOf, useCatalog, type DataClass } from '../api/catalog.ts';
import { printInstant } from '../cells/date/view.tsx';
import { href } from '../route.ts';
import { Confirm } from '../ui/confirm.tsx';
import { IconButton, IconLink } from '../ui/icon-button.tsx';
import { Link } from '../ui/link.tsx';
import { Stamp } from '../ui/stamp.tsx';
import { LockButton } from './lock-button.tsx';

interface EntityHeadProps {
  readonly dataClass: DataClass;
  /** Undefined for a new one. */
  readonly entityKey: string | undefined;
  readonly stored: WireEntity;
  readonly onErase: () => void;
  /** Beside a list. */
  readonly onClose: (() => void) | undefined;
}

export function EntityHead({ dataClass, entityKey, stored, onErase, onClose }: EntityHeadProps): ReactNode {
  const { name } = dataClass;
  const isPage = onClose === undefined;
  const Title = isPage ? 'h1' : 'h2';
  const title = entityKey === undefined ? `New ${name}` : labelOf(dataClass, stored);
  return (
    <header className="entity-head">
      <div className="entity-title">
        <p className="trail">
          {isPage ? <Link to={href({ kind: 'dataClass', dataClass: name })}>{name}</Link> : name}
          {entityKey !== undefined && <span className="mono"> {entityKey}</span>}
        </p>
        <Title title={title}>{title}</Title>
        {entityKey !== undefined && (
          <p className="entity-facts">
            <Stamp number={stored.__STAMP} of="stamp" />
            {stored.__TIMESTAMP && <>saved {printInstant(stored.__TIMESTAMP)}</>}
          </p>
        )}
      </div>
      <div className="entity-tools">
        {entityKey !== undefined && <Tools dataClass={dataClass} entityKey={entityKey} onErase={onErase} />}
        {!isPage && entityKey !== undefined && (
          <IconLink icon="open" name="Open as a page" to={href({ kind: 'entity', dataClass: name, key: entityKey })} />
        )}
        {onClose && <IconButton icon="close" name="Close" onClick={onClose} />}
      </div>
    </header>
  );
}

interface ToolsProps {
  readonly dataClass: DataClass;
  readonly entityKey: string;
  readonly onErase: () => void;
}

function Tools({ dataClass, entityKey, onErase }: ToolsProps): ReactNode {
  const { functions } = useCatalog();
  const own = functions.find(({ owner, level }) => owner === dataClass.name && level === 'entity');
  return (
    <>
      {own && (
        <IconLink icon="call" name="Functions" to={href({ kind: 'call' }, { function: own.id, key: entityKey })} />
      )}
      <LockButton dataClass={dataClass} entityKey={entityKey} />
      <Confirm
        icon="trash"
        name="Delete"
        question={`Delete ${dataClass.name} ${entityKey}?`}
        detail="Its pictures and files go with it."
        yes="Delete"
        onYes={onErase}
      />
    </>
  );
}
