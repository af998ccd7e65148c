// A file: what is stored, what will be, and the ways to replace or remove it.
import type { ReactNode } from 'react';
import { useDrop } from '../../picture/use-drop.ts';
import { FileButton } from '../../ui/file-button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { printBytes } from '../../ui/print.ts';
import { controlProps, isNull, value, type InputProps } from '../cell.ts';
import { BlobView } from './view.tsx';

export function BlobInput(props: InputProps): ReactNode {
  const { attribute, draft, onChange } = props;
  const take = (file: File): void => onChange({ kind: 'file', file });
  const { over, handlers } = useDrop(take);
  return (
    <div className={over ? 'file-field over' : 'file-field'} {...handlers}>
      <span className="file-now">
        {draft.kind === 'file' ? (
          <span className="one-line">
            {draft.file.name} <span className="muted">{printBytes(draft.file.size)}, not saved yet</span>
          </span>
        ) : (
          <BlobView value={draft.kind === 'value' ? draft.value : null} attribute={attribute} place="form" />
        )}
      </span>
      <FileButton className="button quiet" control={controlProps(props)} onFile={take}>
        Choose file
      </FileButton>
      <IconButton
        icon="trash"
        name={`Remove ${attribute.name}`}
        disabled={isNull(draft)}
        onClick={() => onChange(value(null))}
      />
    </div>
  );
}
