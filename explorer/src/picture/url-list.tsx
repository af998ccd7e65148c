// The URLs of a picture, to take along.
import type { ReactNode } from 'react';
import { decoded } from '../api/curl.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { withParams } from './picture-url.ts';
import { srcsetOf, type Wanted } from './wanted.ts';

interface UrlListProps {
  readonly uri: string;
  /** The URL of what is shown. */
  readonly shown: string;
  /** Undefined where there is one format and size alone. */
  readonly wanted: Wanted | undefined;
}

export function UrlList({ uri, shown, wanted }: UrlListProps): ReactNode {
  const here = (url: string): string => location.origin + url;
  return (
    <section aria-labelledby="urls">
      <h2 id="urls">URLs</h2>
      <UrlRow label="Current version, to be kept for ever" url={here(shown)} />
      <UrlRow label="Always the latest, asked each time" url={here(withParams(shown, { $version: undefined }))} />
      <UrlRow
        label="The stored bytes, as a download"
        url={here(withParams(uri, { $binary: 'true', $imageformat: undefined }))}
      />
      {wanted && <UrlRow label="srcset for sharp screens" url={srcsetOf(uri, wanted)} />}
    </section>
  );
}

function UrlRow({ label, url }: { readonly label: string; readonly url: string }): ReactNode {
  // Where one is is known.
  const brief = decoded(url).replaceAll(location.origin, '');
  return (
    <div className="url-row">
      <span className="url-label">{label}</span>
      <code title={brief}>{brief}</code>
      <CopyButton text={url} label={label} compact />
    </div>
  );
}
