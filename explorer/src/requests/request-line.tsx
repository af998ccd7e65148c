// The request behind the view, to read and to take along.
import { useEffect, useState, type ReactNode } from 'react';
import { curlOf, decoded } from '../api/curl.ts';
import { forgetExchanges, useExchanges, type Exchange } from '../api/exchange.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';

/** @param view changes when another view is looked at */
export function RequestLine({ view }: { readonly view: string }): ReactNode {
  const [open, setOpen] = useState(false);
  useEffect(() => forgetExchanges, [view]);
  const exchanges = useExchanges();
  const last = exchanges.at(-1);
  return (
    <footer className={open ? 'requests open' : 'requests'} aria-label="Requests">
      {open && (
        <ol className="request-list" aria-label="Requests of this view">
          {exchanges.slice(0, -1).map((exchange) => (
            <li key={exchange.id}>
              <Request exchange={exchange} />
            </li>
          ))}
        </ol>
      )}
      <div className="request-bar">
        <button
          type="button"
          className="button quiet square"
          aria-expanded={open}
          aria-label="All requests of this view"
          title="All requests of this view"
          disabled={exchanges.length < 2}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'down' : 'up'} />
        </button>
        {last ? <Request exchange={last} /> : <span className="muted">No request yet</span>}
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
        {milliseconds !== undefined && <span className="muted"> {Math.max(1, Math.round(milliseconds))} ms</span>}
      </span>
      <CopyButton text={location.origin + url} label="URL" />
      <CopyButton text={curlOf(exchange, location.origin)} label="curl" />
    </div>
  );
}
