// Who one is to the server.
import type { WireUser } from '@keystamp/client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import { ask, userOf } from '../api/connection.ts';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';
import { Failed, Loading } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';

export function LoginPage(): ReactNode {
  const { mount } = useCatalog();
  const [loaded, reload] = useLoaded(`${mount} currentUser`, (signal) =>
    ask<{ readonly result: WireUser | null }>(`${mount}/$directory/currentUser`, { signal }),
  );
  if (loaded.kind === 'loading') return <Loading what="the user" />;
  if (loaded.kind === 'failed') return <Failed error={loaded.error} retry={reload} />;
  const user = loaded.value.result;
  return <div className="login-page">{user ? <Account user={user} /> : <LoginForm />}</div>;
}

function Account({ user }: { readonly user: WireUser }): ReactNode {
  const { mount } = useCatalog();
  const logout = async (): Promise<void> => {
    try {
      await userOf(mount).logout();
      // What was read may be more than a guest may see.
      location.reload();
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  return (
    <section className="login">
      <h1>{user.fullName || user.userName}</h1>
      <p className="muted">You are logged in as {user.userName}.</p>
      <button type="button" className="button" onClick={() => void logout()}>
        Log out
      </button>
    </section>
  );
}

function LoginForm(): ReactNode {
  const { mount } = useCatalog();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState<string>();
  const [asking, setAsking] = useState(false);
  const login = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsking(true);
    setRefused(undefined);
    try {
      // What was read before may be less than the user may see.
      if (await userOf(mount).login(name, password)) return location.reload();
      setRefused('Name and password do not match.');
    } catch (error) {
      setRefused(errorLines(error).join(' '));
    }
    setAsking(false);
  };
  return (
    <form className="login" onSubmit={(event) => void login(event)}>
      <h1>Log in</h1>
      <label className="labelled">
        <span>Name</span>
        <input
          className="input"
          type="text"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
          required
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <label className="labelled">
        <span>Password</span>
        <input
          className="input"
          type="password"
          autoComplete="current-password"
          value={password}
          aria-invalid={refused !== undefined || undefined}
          aria-describedby={refused === undefined ? undefined : 'login-refused'}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      {refused !== undefined && (
        <p className="field-errors" id="login-refused" role="alert">
          {refused}
        </p>
      )}
      <button type="submit" className="button primary" disabled={asking}>
        {asking ? 'Logging in …' : 'Log in'}
      </button>
    </form>
  );
}
