// A picture in the form: dropped, chosen or pasted, it is shown at once and sent with the save.
import type { ReactNode } from 'react';
import { deferredOf } from '../../api/wire.ts';
import { Thumbnail } from '../../picture/thumbnail.tsx';
import { useDrop } from '../../picture/use-drop.ts';
import { href } from '../../route.ts';
import { FileButton, pictureTypes } from '../../ui/file-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Link } from '../../ui/link.tsx';
import { printBytes } from '../../ui/print.ts';
import { useObjectUrl } from '../../ui/use-object-url.ts';
import { controlProps, isNull, value, type InputProps } from '../cell.ts';
import { thumbnailSize } from './view.tsx';

export function ImageInput(props: InputProps): ReactNode {
  const { attribute, dataClass, entityKey, draft, onChange } = props;
  const take = (file: File): void => onChange({ kind: 'file', file });
  const { over, handlers } = useDrop(take);
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
          <FileButton className="button quiet" accept={pictureTypes} control={controlProps(props)} onFile={take}>
            Choose picture
          </FileButton>
          {stored && entityKey !== undefined && (
            <Link
              className="button quiet"
              to={href({ kind: 'picture', dataClass: dataClass.name, key: entityKey, attribute: attribute.name })}
            >
              <Icon name="picture" /> Formats and URLs
            </Link>
          )}
        </div>
        <IconButton
          icon="trash"
          name={`Remove ${attribute.name}`}
          disabled={isNull(draft)}
          onClick={() => onChange(value(null))}
        />
      </div>
    </div>
  );
}

/** What will be sent, from the file itself. */
function Chosen({ file }: { readonly file: File }): ReactNode {
  const url = useObjectUrl(file);
  return (
    <figure>
      {url !== undefined && <img src={url} alt={`${file.name}, not saved yet`} />}
      <figcaption className="muted">
        {file.name}, {printBytes(file.size)}, not saved yet
      </figcaption>
    </figure>
  );
}
