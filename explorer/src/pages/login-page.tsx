// Who one is to the server.
import type { WireUser } from '@keystamp/client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import { ask, userOf } from '../api/connection.ts';
import { errorLines } from '../api/error-lines.ts';
import { Failed, Loading } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';

export function LoginPage(): ReactNode {
  const { mount } = useCatalog();
  const [loaded, reload] = useLoaded(`${mount} currentUser`, (signal) =>
    ask<{ readonly result: WireUser | null }>(`${mount}/$directory/currentUser`, { signal }),
  );
  const logout = async (): Promise<void> => {
    await userOf(mount).logout();
    // What was read may be more than a guest may see.
    location.reload();
  };
  const user = loaded.kind === 'ready' ? loaded.value.result : null;
  return (
    <div className="login-page">
      <h1>{user ? user.fullName || user.userName : 'Log in'}</h1>
      {loaded.kind === 'loading' && <Loading what="the user" />}
      {loaded.kind === 'failed' && <Failed error={loaded.error} retry={reload} />}
      {loaded.kind !== 'ready' ? null : user ? (
        <>
          <p className="muted">You are logged in as {user.userName}.</p>
          <button type="button" className="button" onClick={() => void logout()}>
            Log out
          </button>
        </>
      ) : (
        <LoginForm />
      )}
    </div>
  );
}

function LoginForm(): ReactNode {
  const { mount } = useCatalog();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState<string>();
  const login = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      // What was read before may be less than the user may see.
      if (await userOf(mount).login(name, password)) location.reload();
      else setRefused('Name and password do not match.');
    } catch (error) {
      setRefused(errorLines(error).join(' '));
    }
  };
  return (
    <form className="login" onSubmit={(event) => void login(event)}>
      <label>
        Name
        <input
          className="input"
          type="text"
          autoComplete="username"
          autoFocus
          required
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <label>
        Password
        <input
          className="input"
          type="password"
          autoComplete="current-password"
          value={password}
          aria-invalid={refused !== undefined || undefined}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      {refused !== undefined && (
        <p className="field-errors" role="alert">
          {refused}
        </p>
      )}
      <button type="submit" className="button primary">
        Log in
      </button>
    </form>
  );
}
