// A picture as it is delivered: how it looks, and in which formats, sizes and under which URLs it can be had.
import { useState, type ReactNode } from 'react';
import type { Deferred } from '../api/wire.ts';
import { printBytes, printNumber } from '../ui/print.ts';
import { CacheLessons } from './cache-lessons.tsx';
import { FormatChoice } from './format-choice.tsx';
import { isAsItIs, versionOf, withParams } from './picture-url.ts';
import { SizeChoice } from './size-choice.tsx';
import { UrlList } from './url-list.tsx';
import { deliveredSize, tallest, urlOf, type Wanted } from './wanted.ts';
import { Weight } from './weight.tsx';

interface DeliveredProps {
  readonly picture: Deferred;
  /** Of the attribute. */
  readonly name: string;
}

export function Delivered({ picture, name }: DeliveredProps): ReactNode {
  const { uri, mediatype } = picture;
  const [wanted, setWanted] = useState<Wanted>({ format: 'webp', width: 640, fit: 'inside' });
  const asItIs = isAsItIs(mediatype);
  const shown = asItIs ? withParams(uri, { $imageformat: 'best' }) : urlOf(uri, wanted);
  const change = (changed: Partial<Wanted>): void => setWanted({ ...wanted, ...changed });
  return (
    <div className="picture-columns">
      <Stage picture={picture} shown={shown} size={asItIs ? picture : deliveredSize(wanted, picture)} name={name} />
      <div className="picture-side">
        {asItIs ? (
          <p className="muted">{mediatype} is never drawn by the server, so it comes in no other format or size.</p>
        ) : (
          <>
            <FormatChoice uri={uri} wanted={wanted} onChange={change} />
            <SizeChoice wanted={wanted} onChange={change} />
          </>
        )}
        <UrlList uri={uri} shown={shown} wanted={asItIs ? undefined : wanted} />
      </div>
      <CacheLessons key={shown} uri={shown} version={versionOf(uri) ?? 0} />
    </div>
  );
}

interface StageProps {
  readonly picture: Deferred;
  readonly shown: string;
  readonly size: { readonly width?: number | undefined; readonly height?: number | undefined } | undefined;
  readonly name: string;
}

function Stage({ picture: { mediatype, width, height, size: bytes }, shown, size, name }: StageProps): ReactNode {
  const [broken, setBroken] = useState<string>();
  // Its place is as large as it will be, before it is there.
  const scale = Math.min(1, tallest / (size?.height ?? tallest));
  const stored = [mediatype, pixels(width, height), bytes === undefined ? undefined : printBytes(bytes)];
  return (
    <section className="picture-stage" aria-label="The picture">
      <div className="picture-ground">
        {mediatype === 'application/pdf' ? (
          <p className="muted">A PDF is delivered as it is.</p>
        ) : broken === shown ? (
          <p className="muted">The browser does not show this format.</p>
        ) : (
          <img
            src={shown}
            alt={name}
            width={size?.width && size.width * scale}
            height={size?.height && size.height * scale}
            onError={() => setBroken(shown)}
          />
        )}
      </div>
      <dl className="facts">
        <dt>Stored</dt>
        <dd>{stored.filter(Boolean).join(', ')}</dd>
        <dt>Delivered</dt>
        <dd>
          <Weight uri={shown} />
          {pixels(size?.width, size?.height) && `, ${pixels(size?.width, size?.height)}`}
        </dd>
      </dl>
    </section>
  );
}

const pixels = (width: number | undefined, height: number | undefined): string | undefined =>
  width && height ? `${printNumber(width)} × ${printNumber(height)}` : undefined;
