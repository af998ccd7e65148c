// The result of a call: a value as JSON, entities as entities, bytes as a picture or a file.
import type { ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { printBytes, printNumber } from '../ui/print.ts';
import { useObjectUrl } from '../ui/use-object-url.ts';
import type { CallResult } from './call-result.ts';
import { Entities, OneEntity } from './entity-results.tsx';

export function ResultView({ result }: { readonly result: CallResult }): ReactNode {
  return (
    <section className="call-result" aria-labelledby="call-result">
      <div className="section-head">
        <h2 id="call-result">Result</h2>
        <span className="muted">
          {kindOf(result)}, {printNumber(Math.max(1, Math.round(result.milliseconds)))} ms
        </span>
        {result.kind === 'value' && <CopyButton text={json(result.value)} label="JSON" />}
      </div>
      <Body result={result} />
    </section>
  );
}

function Body({ result }: { readonly result: CallResult }): ReactNode {
  switch (result.kind) {
    case 'nothing':
      return <p className="muted">The function returned nothing.</p>;
    case 'value':
      return (
        <pre className="call-json" tabIndex={0} role="region" aria-label="The value">
          {json(result.value)}
        </pre>
      );
    case 'text':
      return (
        <pre className="call-json" tabIndex={0} role="region" aria-label="The text">
          {result.text}
        </pre>
      );
    case 'bytes':
      return <Bytes bytes={result.bytes} type={result.type} />;
    case 'entity':
      return <OneEntity entity={result.entity} />;
    case 'selection':
      return <Entities selection={result.selection} />;
    default:
      return result satisfies never;
  }
}

function kindOf(result: CallResult): string {
  switch (result.kind) {
    case 'nothing':
      return 'nothing';
    case 'value':
      return Array.isArray(result.value) ? 'array' : result.value === null ? 'null' : typeof result.value;
    case 'text':
      return result.type;
    case 'bytes':
      return `${result.type}, ${printBytes(result.bytes.size)}`;
    case 'entity':
      return `${result.entity.__DATACLASS ?? 'entity'}${result.entity.__KEY === undefined ? ', not saved' : ''}`;
    case 'selection':
      return `${printNumber(result.selection.__COUNT)} of ${result.selection.__DATACLASS ?? 'entities'}`;
    default:
      return result satisfies never;
  }
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

function Bytes({ bytes, type }: { readonly bytes: Blob; readonly type: string }): ReactNode {
  const url = useObjectUrl(bytes);
  if (url === undefined) return null;
  return (
    <>
      {type.startsWith('image/') && <img className="call-picture" src={url} alt="What the function returned" />}
      <p>
        <a className="button" href={url} download={`result.${type.split('/')[1] ?? 'bin'}`}>
          <Icon name="download" /> Download
        </a>
      </p>
    </>
  );
}
