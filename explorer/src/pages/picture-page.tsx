// One picture: how it looks, what it weighs in each format and size, its URLs, and what caches make of them.
import { useEffect, useState, type ReactNode } from 'react';
import { labelOf, type DataClass } from '../api/catalog.ts';
import { concerns, onChanges, tellChanges } from '../api/changes.ts';
import { send } from '../api/connection.ts';
import { decoded } from '../api/curl.ts';
import { loadEntity, setPicture } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import { deferredOf } from '../api/wire.ts';
import { CacheLessons } from '../picture/cache-lessons.tsx';
import { formatNotes, formats, type Format } from '../picture/formats.ts';
import { isAsItIs, versionOf, withParams } from '../picture/picture-url.ts';
import { useDrop } from '../picture/use-drop.ts';
import { href } from '../route.ts';
import { announce } from '../ui/announce.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { Empty, Failed, Loading } from '../ui/notice.tsx';
import { printBytes } from '../ui/print-bytes.ts';
import { Stamp } from '../ui/stamp.tsx';
import { useLoaded } from '../ui/use-loaded.ts';

interface PicturePageProps {
  readonly dataClass: DataClass;
  readonly entityKey: string;
  /** Of the attribute. */
  readonly name: string;
}

const widths = [80, 160, 320, 640, 1280] as const;
const fits = ['inside', 'cover', 'contain'] as const;

interface Wanted {
  readonly format: Format;
  /** Undefined: as large as it is stored. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly fit: (typeof fits)[number];
}

export function PicturePage({ dataClass, entityKey, name }: PicturePageProps): ReactNode {
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
  const [wanted, setWanted] = useState<Wanted>({ format: 'webp', width: 640, height: undefined, fit: 'inside' });
  const { over, handlers } = useDrop((file) => void replace(file));
  const replace = async (file: File): Promise<void> => {
    try {
      const version = await setPicture(dataClass, entityKey, name, file);
      announce(`${name} is now version ${version}`);
      tellChanges([{ dataClass: dataClass.name, key: entityKey, kind: 'update' }]);
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  if (loaded.kind === 'loading') return <Loading what={name} />;
  if (loaded.kind === 'failed') return <Failed error={loaded.error} retry={reload} />;
  const picture = deferredOf(loaded.value[name]);
  const back = href({ kind: 'entity', dataClass: dataClass.name, key: entityKey });
  return (
    <div className={over ? 'picture-page over' : 'picture-page'} {...handlers}>
      <div className="page-head">
        <div>
          <p className="entity-class">
            <Link to={href({ kind: 'dataClass', dataClass: dataClass.name })}>{dataClass.name}</Link>{' '}
            <Link to={back}>{labelOf(dataClass, loaded.value)}</Link>
          </p>
          <h1>
            {name} {picture && <Stamp number={versionOf(picture.uri) ?? 0} of="version" />}
          </h1>
        </div>
        <div className="page-actions">
          <label className="button">
            <Icon name="upload" /> Replace
            <input
              type="file"
              accept="image/*,.pdf"
              className="sr-only"
              onChange={({ target }) => target.files?.[0] && void replace(target.files[0])}
            />
          </label>
        </div>
      </div>
      {picture ? (
        <Delivered picture={picture} wanted={wanted} setWanted={setWanted} name={name} />
      ) : (
        <Empty title={`No ${name}`}>
          <p className="muted">Drop a picture here.</p>
        </Empty>
      )}
    </div>
  );
}

interface DeliveredProps {
  readonly picture: NonNullable<ReturnType<typeof deferredOf>>;
  readonly wanted: Wanted;
  readonly setWanted: (wanted: Wanted) => void;
  readonly name: string;
}

function Delivered({ picture, wanted, setWanted, name }: DeliveredProps): ReactNode {
  const { uri, mediatype, width, height, size } = picture;
  const asItIs = isAsItIs(mediatype);
  const shown = asItIs ? withParams(uri, { $imageformat: 'best' }) : urlOf(uri, wanted);
  const set = (change: Partial<Wanted>): void => setWanted({ ...wanted, ...change });
  return (
    <div className="picture-columns">
      <section className="picture-stage" aria-label="The picture">
        {mediatype === 'application/pdf' ? (
          <p className="muted">A PDF is delivered as it is.</p>
        ) : (
          <img src={shown} alt={name} />
        )}
        <dl className="facts">
          <dt>Stored</dt>
          <dd>
            {[
              mediatype,
              width && height ? `${width} × ${height}` : undefined,
              size === undefined ? undefined : printBytes(size),
            ]
              .filter(Boolean)
              .join(', ')}
          </dd>
          <dt>Delivered</dt>
          <dd>
            <Weight uri={shown} />
          </dd>
        </dl>
      </section>
      <div className="picture-side">
        {asItIs ? (
          <p className="muted">{mediatype} is never drawn by the server, so it comes in no other format or size.</p>
        ) : (
          <>
            <section aria-labelledby="formats">
              <h2 id="formats">Format</h2>
              <table className="formats">
                <tbody>
                  {formats.map((format) => (
                    <tr key={format} className={format === wanted.format ? 'chosen' : undefined}>
                      <td>
                        <label>
                          <input
                            type="radio"
                            name="format"
                            checked={format === wanted.format}
                            onChange={() => set({ format })}
                          />{' '}
                          {format}
                        </label>
                      </td>
                      <td className="muted">{formatNotes[format]}</td>
                      <td className="number">
                        <Weight uri={urlOf(uri, { ...wanted, format })} brief />
                      </td>
                      <td>
                        <CopyButton
                          text={location.origin + urlOf(uri, { ...wanted, format })}
                          label={`URL of ${format}`}
                          compact
                        />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <section aria-labelledby="sizes">
              <h2 id="sizes">Size</h2>
              <div className="segments" role="radiogroup" aria-labelledby="sizes">
                {[...widths, undefined].map((choice) => (
                  <label key={String(choice)} className="segment">
                    <input
                      type="radio"
                      name="width"
                      checked={choice === wanted.width}
                      onChange={() => set({ width: choice })}
                    />
                    <span>{choice ?? 'as stored'}</span>
                  </label>
                ))}
              </div>
              <div className="segments" role="radiogroup" aria-label="Fit">
                {fits.map((fit) => (
                  <label key={fit} className="segment">
                    <input
                      type="radio"
                      name="fit"
                      checked={fit === wanted.fit}
                      onChange={() => set({ fit, height: fit === 'inside' ? undefined : wanted.width })}
                    />
                    <span>{fit}</span>
                  </label>
                ))}
              </div>
            </section>
          </>
        )}
        <section aria-labelledby="urls">
          <h2 id="urls">URLs</h2>
          <UrlRow label="Current version, to be kept for ever" url={shown} />
          <UrlRow label="Always the latest, asked each time" url={withParams(shown, { $version: undefined })} />
          <UrlRow
            label="The stored bytes, as a download"
            url={withParams(uri, { $binary: 'true', $imageformat: undefined })}
          />
          {!asItIs && <UrlRow label="srcset for sharp screens" url={srcset(uri, wanted)} plain />}
        </section>
      </div>
      <CacheLessons uri={shown} version={versionOf(uri) ?? 0} />
    </div>
  );
}

const urlOf = (uri: string, { format, width, height, fit }: Wanted): string =>
  withParams(uri, {
    $imageformat: format,
    $imagewidth: width,
    $imageheight: fit === 'inside' ? undefined : (height ?? width),
    $imagefit: fit === 'inside' ? undefined : fit,
  });

const srcset = (uri: string, wanted: Wanted): string =>
  widths
    .map(
      (width) =>
        `${location.origin}${urlOf(uri, { ...wanted, width, height: wanted.fit === 'inside' ? undefined : width })} ${width}w`,
    )
    .join(', ');

function UrlRow({
  label,
  url,
  plain = false,
}: {
  readonly label: string;
  readonly url: string;
  readonly plain?: boolean;
}): ReactNode {
  return (
    <div className="url-row">
      <span className="url-label">{label}</span>
      <code title={decoded(url)}>{decoded(url)}</code>
      <CopyButton text={plain ? url : location.origin + url} label={label} compact />
    </div>
  );
}

/** What an answer weighs, as its head says. */
function Weight({ uri, brief = false }: { readonly uri: string; readonly brief?: boolean }): ReactNode {
  const [loaded] = useLoaded(uri, async (signal) => {
    const { headers } = await send(uri, { method: 'HEAD', headers: { Accept: 'image/*' }, signal, quiet: true });
    return { type: headers.get('Content-Type') ?? '', bytes: Number(headers.get('Content-Length')) };
  });
  if (loaded.kind !== 'ready') return <span className="muted">{loaded.kind === 'failed' ? '–' : '…'}</span>;
  const { type, bytes } = loaded.value;
  if (type.startsWith('application/json')) return <span className="muted">not to be had</span>;
  return <>{brief ? printBytes(bytes) : `${type}, ${printBytes(bytes)}`}</>;
}
