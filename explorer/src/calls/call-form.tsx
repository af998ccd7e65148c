// A form to call one function, with what it returned below.
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Callable } from '../api/functions.ts';
import { navigate } from '../navigation.ts';
import { href } from '../route.ts';
import { FaultBanner } from '../ui/banner.tsx';
import { IconLink } from '../ui/icon-button.tsx';
import { Segments } from '../ui/segments.tsx';
import { ParametersField } from './parameters-field.tsx';
import { faultOf } from './parameters.ts';
import { ResultView } from './result-view.tsx';
import { runsOn } from './runs-on.ts';
import { useCall, type Call } from './use-call.ts';

const place = { kind: 'call' } as const;
const methods = [
  { value: true, label: 'GET' },
  { value: false, label: 'POST' },
] as const;

interface CallFormProps {
  readonly fn: Callable;
  readonly search: URLSearchParams;
}

export function CallForm({ fn, search }: CallFormProps): ReactNode {
  const [asked, setAsked] = useState<Call>({
    key: search.get('key') ?? '',
    filter: search.get('$filter') ?? '',
    orderby: search.get('$orderby') ?? '',
    parameters: search.get('$params') ?? '',
    get: fn.byGet,
  });
  const change = (changed: Partial<Call>): void => setAsked((now) => ({ ...now, ...changed }));
  const [called, call] = useCall(fn);
  const { key, filter, orderby, parameters, get } = asked;
  const fault = faultOf(parameters);
  const start = (): void => {
    if (fault !== undefined) return;
    // The address keeps the call.
    navigate(href(place, { function: fn.id, key, $filter: filter, $orderby: orderby, $params: parameters }), 'replace');
    void call(asked);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start();
  };
  return (
    <div className="call">
      <form className="call-form" onSubmit={submit}>
        <div className="call-title">
          <IconLink icon="left" name="All functions" className="call-back" to={href(place)} />
          <div>
            <h2>{fn.name}</h2>
            <p className="muted">{runsOn(fn)}</p>
          </div>
        </div>
        {fn.level === 'entity' && (
          <CallField label={`Key of the ${fn.owner}`} required value={key} onChange={(next) => change({ key: next })} />
        )}
        {fn.level === 'selection' && (
          <div className="call-pair">
            <CallField
              label="Filter"
              placeholder={`all of ${fn.owner}`}
              value={filter}
              onChange={(next) => change({ filter: next })}
            />
            <CallField
              label="Order"
              placeholder="by key"
              value={orderby}
              onChange={(next) => change({ orderby: next })}
            />
          </div>
        )}
        <ParametersField
          fn={fn}
          value={parameters}
          fault={fault}
          onChange={(next) => change({ parameters: next })}
          onCall={start}
        />
        <div className="call-actions">
          <button type="submit" className="button primary" disabled={called.kind === 'running' || fault !== undefined}>
            {called.kind === 'running' ? 'Calling …' : 'Call'}
          </button>
          {fn.byGet && (
            <Segments label="Method" segments={methods} chosen={get} onChoose={(next) => change({ get: next })} />
          )}
        </div>
      </form>
      {called.kind === 'failed' && <FaultBanner lines={called.lines} />}
      {called.kind === 'done' && <ResultView result={called.result} />}
    </div>
  );
}

interface CallFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly required?: boolean;
}

function CallField({ label, value, onChange, placeholder, required }: CallFieldProps): ReactNode {
  return (
    <label className="labelled">
      <span>{label}</span>
      <input
        className="input mono"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        required={required}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}
