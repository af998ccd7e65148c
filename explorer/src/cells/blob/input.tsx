// A file: what is stored, what will be, and the ways to replace or remove it.
import { useRef, type ReactNode } from 'react';
import { useDrop } from '../../picture/use-drop.ts';
import { Icon } from '../../ui/icon.tsx';
import { printBytes } from '../../ui/print-bytes.ts';
import { controlProps, value, type InputProps } from '../cell.ts';
import { BlobView } from './view.tsx';

export function BlobInput(props: InputProps): ReactNode {
  const { attribute, draft, onChange } = props;
  const chooser = useRef<HTMLInputElement>(null);
  const { over, handlers } = useDrop((file) => onChange({ kind: 'file', file }));
  return (
    <div className={over ? 'file-field over' : 'file-field'} {...handlers}>
      <span className="file-now">
        {draft.kind === 'file' ? (
          <span>
            {draft.file.name} <span className="muted">{printBytes(draft.file.size)}, not saved yet</span>
          </span>
        ) : (
          <BlobView value={draft.kind === 'value' ? draft.value : null} attribute={attribute} place="form" />
        )}
      </span>
      <input
        {...controlProps(props)}
        ref={chooser}
        type="file"
        className="sr-only"
        onChange={({ target }) => target.files?.[0] && onChange({ kind: 'file', file: target.files[0] })}
      />
      <button type="button" className="button quiet" onClick={() => chooser.current?.click()}>
        <Icon name="upload" /> Choose file
      </button>
      <button
        type="button"
        className="button quiet square"
        aria-label={`Remove ${attribute.name}`}
        title={`Remove ${attribute.name}`}
        disabled={draft.kind === 'value' && draft.value === null}
        onClick={() => onChange(value(null))}
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}
