// A picture in the form: dropped, chosen or pasted, it is shown at once and sent with the save.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { deferredOf } from '../../api/wire.ts';
import { Thumbnail } from '../../picture/thumbnail.tsx';
import { useDrop } from '../../picture/use-drop.ts';
import { href } from '../../route.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { printBytes } from '../../ui/print-bytes.ts';
import { controlProps, value, type InputProps } from '../cell.ts';
import { thumbnailSize } from './view.tsx';

export function ImageInput(props: InputProps): ReactNode {
  const { attribute, dataClass, entityKey, draft, onChange } = props;
  const chooser = useRef<HTMLInputElement>(null);
  const { over, handlers } = useDrop((file) => onChange({ kind: 'file', file }));
  const stored = draft.kind === 'value' ? deferredOf(draft.value) : undefined;
  return (
    <div className={over ? 'picture-field over' : 'picture-field'} {...handlers}>
      <div className="picture-frame">
        {draft.kind === 'file' ? (
          <Chosen file={draft.file} />
        ) : stored ? (
          <Thumbnail picture={stored} size={thumbnailSize.form} name={attribute.name} />
        ) : (
          <p className="muted">
            <Icon name="picture" /> Drop a picture here
          </p>
        )}
      </div>
      <div className="picture-actions">
        <div className="picture-ways">
          <input
            {...controlProps(props)}
            ref={chooser}
            type="file"
            accept="image/*,.pdf"
            className="sr-only"
            onChange={({ target }) => target.files?.[0] && onChange({ kind: 'file', file: target.files[0] })}
          />
          <button type="button" className="button quiet" onClick={() => chooser.current?.click()}>
            <Icon name="upload" /> Choose picture
          </button>
          {stored && entityKey !== undefined && (
            <Link
              className="button quiet"
              to={href({ kind: 'picture', dataClass: dataClass.name, key: entityKey, attribute: attribute.name })}
            >
              <Icon name="picture" /> Formats and URLs
            </Link>
          )}
        </div>
        <button
          type="button"
          className="button quiet square"
          aria-label={`Remove ${attribute.name}`}
          title={`Remove ${attribute.name}`}
          disabled={draft.kind === 'value' && (draft.value ?? null) === null}
          onClick={() => onChange(value(null))}
        >
          <Icon name="trash" />
        </button>
      </div>
    </div>
  );
}

/** What will be sent, from the file itself. */
function Chosen({ file }: { readonly file: File }): ReactNode {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <figure>
      {url !== undefined && <img src={url} alt={`${file.name}, not saved yet`} />}
      <figcaption className="muted">
        {file.name}, {printBytes(file.size)}, not saved yet
      </figcaption>
    </figure>
  );
}
