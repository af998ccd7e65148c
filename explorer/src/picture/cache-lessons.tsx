// What caches may keep of a picture, shown by the answers that the server gives now.
import { useState, type ReactNode } from 'react';
import { send } from '../api/connection.ts';
import { decoded } from '../api/curl.ts';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';
import { Icon } from '../ui/icon.tsx';
import { printNumber } from '../ui/print.ts';
import { withParams } from './picture-url.ts';

interface Lesson {
  readonly title: string;
  readonly why: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bytes: number;
}

const told = ['cache-control', 'etag', 'last-modified', 'content-location', 'vary', 'content-type', 'content-length'];

function lessonsOf(uri: string, version: number, etag: string | undefined): readonly Lesson[] {
  const at = (number: number | undefined): string => withParams(uri, { $version: number });
  return [
    {
      title: 'The current version',
      why: 'This URL will never show other bytes: everybody may keep it for ever.',
      uri: at(version),
    },
    ...(version > 1
      ? [
          {
            title: 'An older version',
            why: 'The latest picture, but a cache has to ask each time. Content-Location names the URL that is current.',
            uri: at(version - 1),
          },
        ]
      : []),
    { title: 'No version', why: 'Whatever is current; a cache has to ask each time.', uri: at(undefined) },
    ...(etag === undefined
      ? []
      : [
          {
            title: 'No version, asked by a cache that has it',
            why: 'Nothing has changed, so not a byte of the picture travels.',
            uri: at(undefined),
            headers: { 'If-None-Match': etag },
          },
        ]),
    {
      title: 'A version that is not there yet',
      why: 'Nobody may keep it: one day that number is another picture.',
      uri: at(version + 1000),
    },
  ];
}

export function CacheLessons({ uri, version }: { readonly uri: string; readonly version: number }): ReactNode {
  const [answers, setAnswers] = useState<readonly Answer[]>();
  const [etag, setEtag] = useState<string>();
  const lessons = lessonsOf(uri, version, etag);
  const ask = async (): Promise<void> => {
    try {
      const first = await look({ title: '', why: '', uri: withParams(uri, { $version: undefined }) });
      const tag = first.headers.find(([name]) => name === 'etag')?.[1];
      setEtag(tag);
      setAnswers(await Promise.all(lessonsOf(uri, version, tag).map(look)));
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  return (
    <section className="lessons" aria-labelledby="lessons">
      <div className="section-head">
        <h2 id="lessons">What caches may keep</h2>
        <button type="button" className="button" onClick={() => void ask()}>
          <Icon name="refresh" /> {answers ? 'Ask again' : 'Ask the server'}
        </button>
      </div>
      <ol>
        {lessons.map(({ title, why, uri: asked, headers }, at) => {
          const answer = answers?.[at];
          return (
            <li key={title}>
              <h3>{title}</h3>
              <p className="muted">{why}</p>
              <code className="lesson-url">
                GET {decoded(asked)}
                {headers &&
                  Object.entries(headers).map(([name, value]) => <span key={name}>{`\n${name}: ${value}`}</span>)}
              </code>
              {answer && (
                <dl className="headers">
                  <dt>Status</dt>
                  <dd>
                    <b>{answer.status}</b>, {printNumber(answer.bytes)} bytes of body
                  </dd>
                  {answer.headers.map(([name, value]) => (
                    <div key={name} className={name === 'cache-control' ? 'telling' : undefined}>
                      <dt>{headerName(name)}</dt>
                      <dd>{decoded(value)}</dd>
                    </div>
                  ))}
                </dl>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const headerName = (name: string): string =>
  name === 'etag' ? 'ETag' : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

async function look({ uri, headers }: Lesson): Promise<Answer> {
  // The browser's own cache would answer for the server.
  const response = await send(uri, {
    quiet: true,
    headers: { Accept: 'image/*', 'Cache-Control': 'no-cache', ...headers },
    cache: 'no-store',
  });
  const bytes = (await response.arrayBuffer()).byteLength;
  return {
    status: response.status,
    headers: told.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    }),
    bytes,
  };
}
