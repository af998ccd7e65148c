// What stands where data would stand: nothing there, not there yet, or a fault.
import { PermissionError } from '@keystamp/client';
import type { ReactNode } from 'react';
import { errorLines } from '../api/error-lines.ts';
import { href } from '../route.ts';
import { Icon } from './icon.tsx';
import { Link } from './link.tsx';

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="notice">
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}

/** An address that leads to nothing, with a way out. */
export function Nowhere({ title }: { readonly title: string }): ReactNode {
  return (
    <div className="notice">
      <h1 className="notice-title">{title}</h1>
      <Link className="button" to={href({ kind: 'model' })}>
        To the model
      </Link>
    </div>
  );
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }): ReactNode {
  const forbidden = error instanceof PermissionError;
  return (
    <div className="notice failed" role="alert">
      <p className="notice-title">{forbidden ? 'You may not see this' : 'That did not work'}</p>
      <ul>
        {errorLines(error).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div className="notice-actions">
        {forbidden && (
          <Link className="button primary" to={href({ kind: 'login' })}>
            <Icon name="user" /> Log in
          </Link>
        )}
        {retry && (
          <button type="button" className="button" onClick={retry}>
            <Icon name="refresh" /> Try again
          </button>
        )}
      </div>
    </div>
  );
}

/** It is seen only when it takes long enough to wonder. */
export function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <div className="notice loading" role="status">
      <span className="loading-bar" aria-hidden="true" />
      <p>Loading {what} …</p>
    </div>
  );
}
