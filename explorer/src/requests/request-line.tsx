// The request behind the view, to read and to take along.
import { useEffect, useId, useState, type ReactNode } from 'react';
import { curlOf, decoded } from '../api/curl.ts';
import { exchanges, forgetExchanges, type Exchange } from '../api/exchange.ts';
import { useStore } from '../store.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { printNumber } from '../ui/print.ts';

/** @param view changes when another view is looked at */
export function RequestLine({ view }: { readonly view: string }): ReactNode {
  const [asked, setAsked] = useState(false);
  const id = useId();
  useEffect(() => forgetExchanges, [view]);
  const all = useStore(exchanges);
  const last = all.at(-1);
  const before = all.slice(0, -1);
  // A list that was opened stays so from view to view, and shows when there is something in it.
  const open = asked && before.length > 0;
  return (
    <footer className="requests" aria-label="Requests">
      {open && (
        <ol className="request-list" id={id} aria-label="Earlier requests of this view" tabIndex={0}>
          {before.map((exchange) => (
            <li key={exchange.id}>
              <Request exchange={exchange} />
            </li>
          ))}
        </ol>
      )}
      <div className="request-bar">
        <IconButton
          icon={open ? 'down' : 'up'}
          name="All requests of this view"
          // Its place is kept: what stands beside it does not move when a second request comes.
          className={before.length > 0 ? '' : 'invisible'}
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={() => setAsked(!open)}
        />
        {last ? <Request exchange={last} /> : <span className="muted">This view asks nothing of the server</span>}
      </div>
    </footer>
  );
}

function Request({ exchange }: { readonly exchange: Exchange }): ReactNode {
  const { method, url, status, milliseconds, body } = exchange;
  const tone = status === undefined ? 'waiting' : status === 0 || status >= 400 ? 'bad' : 'good';
  const [path, query] = decoded(url).split(/\?(.*)/s);
  return (
    <div className="request">
      <span className={`method ${method.toLowerCase()}`}>{method}</span>
      <code className="request-url" title={decoded(url)}>
        {path}
        {query !== undefined && (
          <>
            <b>?</b>
            {query.split('&').map((part, at) => {
              const equals = part.indexOf('=');
              return (
                <span key={at}>
                  {at > 0 && <b>&amp;</b>}
                  <span className="parameter">{equals < 0 ? part : part.slice(0, equals)}</span>
                  {equals >= 0 && part.slice(equals)}
                </span>
              );
            })}
          </>
        )}
        {body !== undefined && <span className="request-body"> {exchange.bytes ? `@${body}` : body}</span>}
      </code>
      <span className={`status ${tone}`}>
        {status === undefined ? '…' : status === 0 ? 'no answer' : status}
        {milliseconds !== undefined && (
          <span className="muted"> {printNumber(Math.max(1, Math.round(milliseconds)))} ms</span>
        )}
      </span>
      <CopyButton text={location.origin + url} label="URL" />
      <CopyButton text={curlOf(exchange, location.origin)} label="curl" />
    </div>
  );
}
