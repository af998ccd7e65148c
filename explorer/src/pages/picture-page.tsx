// One picture: how it looks, what it weighs in each format and size, its URLs, and what caches make of them.
import { useEffect, type ReactNode } from 'react';
import { labelOf, type DataClass } from '../api/catalog.ts';
import { concerns, onChanges } from '../api/changes.ts';
import { loadEntity } from '../api/entity.ts';
import { deferredOf } from '../api/wire.ts';
import { Delivered } from '../picture/delivered.tsx';
import { versionOf } from '../picture/picture-url.ts';
import { replacePicture } from '../picture/replace-picture.ts';
import { useDrop } from '../picture/use-drop.ts';
import { href } from '../route.ts';
import { FileButton, pictureTypes } from '../ui/file-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { Empty, Failed, Loading, Nowhere } from '../ui/notice.tsx';
import { Stamp } from '../ui/stamp.tsx';
import { useLoaded } from '../ui/use-loaded.ts';

interface PicturePageProps {
  readonly dataClass: DataClass;
  readonly entityKey: string;
  /** Of the attribute. */
  readonly name: string;
}

export function PicturePage(props: PicturePageProps): ReactNode {
  const attribute = props.dataClass.attributes.find((one) => one.name === props.name);
  if (attribute?.value !== 'image') return <Nowhere title={`${props.dataClass.name} has no picture ${props.name}`} />;
  return <PictureView {...props} fixed={attribute.fixed} />;
}

function PictureView({ dataClass, entityKey, name, fixed }: PicturePageProps & { readonly fixed: boolean }): ReactNode {
  const [loaded, reload] = useLoaded(`${dataClass.path}(${entityKey})/${name}`, (signal) =>
    loadEntity(
      dataClass,
      entityKey,
      { $attributes: [...new Set([name, ...dataClass.labels])].join(','), $imageinfo: true },
      signal,
    ),
  );
  useEffect(
    () => onChanges((changes) => changes.some((change) => concerns(change, dataClass.name, entityKey)) && reload()),
    [dataClass, entityKey, reload],
  );
  const replace = (file: File): void => {
    if (!fixed) void replacePicture(dataClass, entityKey, name, file);
  };
  const { over, handlers } = useDrop(replace);
  if (loaded.kind === 'loading') return <Loading what={name} />;
  if (loaded.kind === 'failed') return <Failed error={loaded.error} retry={reload} />;
  const picture = deferredOf(loaded.value[name]);
  return (
    <div className={over && !fixed ? 'picture-page over' : 'picture-page'} {...handlers}>
      <div className="page-head">
        <div>
          <p className="trail">
            <Link to={href({ kind: 'dataClass', dataClass: dataClass.name })}>{dataClass.name}</Link>
            <Icon name="right" />
            <Link to={href({ kind: 'entity', dataClass: dataClass.name, key: entityKey })}>
              {labelOf(dataClass, loaded.value)}
            </Link>
          </p>
          <h1>
            {name} {picture && <Stamp number={versionOf(picture.uri) ?? 0} of="version" />}
          </h1>
        </div>
        {!fixed && (
          <div className="page-actions">
            <FileButton accept={pictureTypes} onFile={replace}>
              {picture ? 'Replace' : 'Choose picture'}
            </FileButton>
          </div>
        )}
      </div>
      {picture ? (
        <Delivered picture={picture} name={name} />
      ) : (
        <Empty title={`No ${name}`}>
          <p className="muted">{fixed ? 'The server makes it.' : 'Drop a picture here.'}</p>
        </Empty>
      )}
    </div>
  );
}
