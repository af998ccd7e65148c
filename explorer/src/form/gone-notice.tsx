// The entity has been deleted elsewhere. What was typed is shown once more, to be taken along.
import type { ReactNode } from 'react';
import type { DataClass } from '../api/catalog.ts';
import { href } from '../route.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Link } from '../ui/link.tsx';
import { valuesOf, type Draft } from './draft.ts';

interface GoneNoticeProps {
  readonly dataClass: DataClass;
  readonly entityKey: string | undefined;
  readonly draft: Draft;
  readonly onClose: (() => void) | undefined;
}

export function GoneNotice({ dataClass, entityKey, draft, onClose }: GoneNoticeProps): ReactNode {
  const Title = onClose ? 'h2' : 'h1';
  const typed = JSON.stringify(valuesOf(draft), null, 2);
  return (
    <div className="notice" role="alert">
      <Title className="notice-title">
        {dataClass.name} {entityKey} does not exist
      </Title>
      {draft.size > 0 && (
        <div className="gone-draft">
          <p>It was deleted while you edited it. This is what you had typed:</p>
          <pre className="call-json" tabIndex={0} role="region" aria-label="What you had typed">
            {typed}
          </pre>
          <CopyButton text={typed} label="JSON" />
        </div>
      )}
      {onClose ? (
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      ) : (
        <Link className="button" to={href({ kind: 'dataClass', dataClass: dataClass.name })}>
          All of {dataClass.name}
        </Link>
      )}
    </div>
  );
}
