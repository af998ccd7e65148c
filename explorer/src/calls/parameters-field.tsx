// Where the parameters of a call are written.
import type { KeyboardEvent, ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import type { Callable } from '../api/functions.ts';
import { Icon } from '../ui/icon.tsx';
import { entityExample, placeholderFor } from './parameters.ts';

interface ParametersFieldProps {
  readonly fn: Callable;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onCall: () => void;
}

export function ParametersField({ fn, value, fault, onChange, onCall }: ParametersFieldProps): ReactNode {
  const example = entityExample(fn, useCatalog());
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onCall();
  };
  return (
    <>
      <label className="labelled">
        <span>Parameters, a JSON array</span>
        <textarea
          className="input json"
          rows={2}
          spellCheck={false}
          placeholder={placeholderFor(fn)}
          aria-invalid={fault !== undefined || undefined}
          aria-describedby={fault === undefined ? 'parameters-help' : 'parameters-fault'}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          onKeyDown={press}
        />
      </label>
      {fault === undefined ? (
        <p className="call-help muted" id="parameters-help">
          {fn.parameters && <Declared types={fn.parameters} />}
          {example !== undefined && (
            <>
              An entity is <code>{example}</code>
            </>
          )}
        </p>
      ) : (
        <p className="field-errors" id="parameters-fault">
          <Icon name="warning" /> {fault}
        </p>
      )}
    </>
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
