// Functions: which ones there are, and a form to call each of them.
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import { dataClassOf, useCatalog, type Catalog } from '../api/catalog.ts';
import { send } from '../api/connection.ts';
import { errorLines } from '../api/error-lines.ts';
import { callPath, type Callable, type Level } from '../api/functions.ts';
import { readCallResult, type CallResult } from '../calls/call-result.ts';
import { ResultView } from '../calls/result-view.tsx';
import { readJson } from '../cells/object/input.tsx';
import { href, navigate, type Search } from '../route.ts';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { Empty } from '../ui/notice.tsx';

const place = { kind: 'call' } as const;

export function CallPage({ search }: { readonly search: URLSearchParams }): ReactNode {
  const catalog = useCatalog();
  const asked = search.get('function') ?? '';
  const chosen = catalog.functions.find(({ id }) => id === asked);
  if (catalog.functions.length === 0) return <Empty title={`${catalog.name} has no function that you may call`} />;
  return (
    <div className={chosen ? 'call-page chosen' : 'call-page'}>
      <div className="page-head">
        <h1>Functions</h1>
        <p className="page-count">{catalog.functions.length} that you may call</p>
      </div>
      <div className="call-columns">
        <FunctionList functions={catalog.functions} chosen={chosen} search={search} />
        {chosen ? (
          <CallForm key={chosen.id} fn={chosen} catalog={catalog} search={search} />
        ) : asked !== '' ? (
          <Empty title={`There is no function ${asked}`} />
        ) : (
          <Empty title="Choose a function">
            <p>They run on the server, in the code beside the model. Only those that clients may call are listed.</p>
          </Empty>
        )}
      </div>
    </div>
  );
}

/** What stands above a group of functions. */
const groupOf = ({ owner, level }: Callable): string =>
  owner === undefined ? 'Datastore' : level === 'singleton' ? `${owner}, singleton` : owner;

const levelNames: Readonly<Record<Level, string>> = {
  datastore: '',
  dataclass: 'dataclass',
  selection: 'selection',
  entity: 'entity',
  singleton: '',
};

function FunctionList({
  functions,
  chosen,
  search,
}: {
  readonly functions: readonly Callable[];
  readonly chosen: Callable | undefined;
  readonly search: URLSearchParams;
}): ReactNode {
  const groups = Map.groupBy(functions, groupOf);
  /** Another function of the same class runs on the same entities. */
  const same = ({ owner }: Callable): Search =>
    owner === undefined || owner !== chosen?.owner
      ? {}
      : Object.fromEntries(['key', '$filter', '$orderby'].map((name) => [name, search.get(name) ?? undefined]));
  return (
    <nav className="call-list" aria-label="Functions">
      {[...groups].map(([group, members]) => (
        <section key={group}>
          <h2 className="nav-title">{group}</h2>
          <ul className="nav-list">
            {members.map((fn) => (
              <li key={fn.id}>
                <Link
                  to={href(place, { function: fn.id, ...same(fn) })}
                  aria-current={fn.id === chosen?.id ? 'page' : undefined}
                >
                  <span className="nav-name">{fn.name}</span>
                  {levelNames[fn.level] !== '' && <small className="muted">{levelNames[fn.level]}</small>}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

interface CallFormProps {
  readonly fn: Callable;
  readonly catalog: Catalog;
  readonly search: URLSearchParams;
}

type Called =
  | { readonly kind: 'not yet' | 'running' }
  | { readonly kind: 'failed'; readonly lines: readonly string[] }
  | { readonly kind: 'done'; readonly result: CallResult };

function CallForm({ fn, catalog, search }: CallFormProps): ReactNode {
  const [key, setKey] = useState(search.get('key') ?? '');
  const [filter, setFilter] = useState(search.get('$filter') ?? '');
  const [orderby, setOrderby] = useState(search.get('$orderby') ?? '');
  const [parameters, setParameters] = useState(search.get('$params') ?? '');
  const [get, setGet] = useState(fn.byGet);
  const [called, setCalled] = useState<Called>({ kind: 'not yet' });
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const wrong = faultOf(parameters);

  const call = async (): Promise<void> => {
    if (wrong !== undefined) return;
    abort.current?.abort();
    const { signal } = (abort.current = new AbortController());
    navigate(href(place, { function: fn.id, key, $filter: filter, $orderby: orderby, $params: parameters }), 'replace');
    setCalled({ kind: 'running' });
    const begun = performance.now();
    const given = parameters.trim() === '' ? '[]' : JSON.stringify(JSON.parse(parameters));
    const keyParts = dataClassOf(catalog, fn.owner ?? '')?.key.length ?? 1;
    try {
      const response = await send(callPath(fn, catalog.mount, key, keyParts), {
        signal,
        headers: { Accept: '*/*' },
        params: {
          ...(fn.level === 'selection' && filter.trim() !== '' && { $filter: filter }),
          ...(fn.level === 'selection' && orderby.trim() !== '' && { $orderby: orderby }),
          ...(get && given !== '[]' && { $params: given }),
        },
        ...(!get && { method: 'POST', json: JSON.parse(given) as unknown }),
      });
      setCalled({ kind: 'done', result: await readCallResult(response, begun) });
    } catch (error) {
      if (!signal.aborted) setCalled({ kind: 'failed', lines: errorLines(error) });
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void call();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void call();
  };
  return (
    <div className="call">
      <form className="call-form" onSubmit={submit}>
        <div className="call-title">
          <Link className="button quiet square call-back" aria-label="All functions" to={href(place)}>
            <Icon name="left" />
          </Link>
          <div>
            <h2>{fn.name}</h2>
            <p className="muted">{runsOn(fn)}</p>
          </div>
        </div>
        {fn.level === 'entity' && (
          <label className="call-field">
            <span>Key of the {fn.owner}</span>
            <input
              className="input mono"
              required
              autoComplete="off"
              value={key}
              onChange={({ target }) => setKey(target.value)}
            />
          </label>
        )}
        {fn.level === 'selection' && (
          <div className="call-pair">
            <label className="call-field">
              <span>Filter</span>
              <input
                className="input mono"
                placeholder={`all of ${fn.owner}`}
                autoComplete="off"
                spellCheck={false}
                value={filter}
                onChange={({ target }) => setFilter(target.value)}
              />
            </label>
            <label className="call-field">
              <span>Order</span>
              <input
                className="input mono"
                placeholder="by key"
                autoComplete="off"
                spellCheck={false}
                value={orderby}
                onChange={({ target }) => setOrderby(target.value)}
              />
            </label>
          </div>
        )}
        <label className="call-field">
          <span>Parameters, a JSON array</span>
          <textarea
            className="input json"
            rows={2}
            spellCheck={false}
            placeholder={placeholderFor(fn)}
            aria-invalid={wrong !== undefined || undefined}
            aria-describedby={wrong === undefined ? 'parameters-help' : 'parameters-fault'}
            value={parameters}
            onChange={({ target }) => setParameters(target.value)}
            onKeyDown={press}
          />
        </label>
        {wrong === undefined ? (
          <p className="call-help muted" id="parameters-help">
            {fn.parameters && <Declared types={fn.parameters} />}
            {takesEntity(fn, catalog) && (
              <>
                An entity is <code>{entityExample(catalog, fn)}</code>
              </>
            )}
          </p>
        ) : (
          <p className="field-errors" id="parameters-fault">
            <Icon name="warning" /> {wrong}
          </p>
        )}
        <div className="call-actions">
          <button type="submit" className="button primary" disabled={called.kind === 'running' || wrong !== undefined}>
            {called.kind === 'running' ? 'Calling …' : 'Call'}
          </button>
          {fn.byGet && (
            <div className="segments" role="radiogroup" aria-label="Method">
              {[true, false].map((byGet) => (
                <label key={String(byGet)} className="segment">
                  <input type="radio" name="method" checked={get === byGet} onChange={() => setGet(byGet)} />
                  <span>{byGet ? 'GET' : 'POST'}</span>
                </label>
              ))}
            </div>
          )}
        </div>
      </form>
      {called.kind === 'failed' && (
        <div className="banner failed" role="alert">
          {called.lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      {called.kind === 'done' && <ResultView result={called.result} />}
    </div>
  );
}

/** The declared types, in order. */
function Declared({ types }: { readonly types: readonly string[] }): ReactNode {
  if (types.length === 0) return 'It takes no parameters. ';
  return (
    <>
      It takes <code>{types.join(', ')}</code>
      {types.some((type) => type.endsWith('?')) ? '; what has a question mark may be left out. ' : '. '}
    </>
  );
}

/** Whether an entity may be among the parameters. */
const takesEntity = (fn: Callable, catalog: Catalog): boolean =>
  fn.parameters === undefined || declaredClass(fn, catalog) !== undefined;

const declaredClass = ({ parameters = [] }: Callable, catalog: Catalog): string | undefined =>
  parameters.map((type) => type.replace('?', '')).find((type) => dataClassOf(catalog, type));

const examples: Readonly<Record<string, string>> = {
  string: '"text"',
  number: '5',
  boolean: 'true',
  object: '{}',
  array: '[]',
  any: 'null',
};

const placeholderFor = ({ parameters = [] }: Callable): string =>
  `[${parameters.map((type) => examples[type.replace('?', '')] ?? '{…}').join(', ')}]`;

function runsOn({ level, owner, byGet }: Callable): string {
  const reads = byGet ? ' It only reads.' : '';
  switch (level) {
    case 'datastore':
      return `A function of the datastore.${reads}`;
    case 'dataclass':
      return `A function of the dataclass ${owner}.${reads}`;
    case 'selection':
      return `A function of selections of ${owner}: it runs on the entities that the filter finds.${reads}`;
    case 'entity':
      return `A function of one ${owner}.${reads}`;
    case 'singleton':
      return `A function of the singleton ${owner}.${reads}`;
    default:
      return level satisfies never;
  }
}

/** Why the text is no list of parameters. */
function faultOf(text: string): string | undefined {
  const read = readJson(text);
  if (read.kind === 'unreadable') return read.why;
  if (read.kind === 'value' && read.value !== null && !Array.isArray(read.value))
    return 'An array is expected, with one element for each parameter';
  return undefined;
}

const entityExample = (catalog: Catalog, fn: Callable): string =>
  JSON.stringify({
    __DATACLASS:
      declaredClass(fn, catalog) ?? dataClassOf(catalog, fn.owner ?? '')?.name ?? catalog.dataClasses[0]?.name ?? '',
    __ENTITY: true,
    __KEY: '1',
  });
