// Holds an entity for oneself, so that nobody else can save it meanwhile.
import { useEffect, useState, type ReactNode } from 'react';
import type { DataClass } from '../api/catalog.ts';
import { ask } from '../api/connection.ts';
import { entityPath } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';
import { Icon } from '../ui/icon.tsx';

interface LockButtonProps {
  readonly dataClass: DataClass;
  readonly entityKey: string;
}

interface OwnLocks {
  readonly lockInfo?: readonly { readonly tableName: string; readonly key: string }[];
}

export function LockButton({ dataClass, entityKey }: LockButtonProps): ReactNode {
  const [locked, setLocked] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    ask<OwnLocks>('$info/lockInfo', { signal: abort.signal, quiet: true }).then(
      ({ lockInfo = [] }) =>
        setLocked(lockInfo.some(({ tableName, key }) => tableName === dataClass.name && key === entityKey)),
      () => undefined,
    );
    return () => abort.abort();
  }, [dataClass, entityKey]);
  const change = async (): Promise<void> => {
    try {
      const { result } = await ask<{ readonly result: boolean }>(entityPath(dataClass, entityKey), {
        params: { $lock: !locked },
      });
      if (result) setLocked(!locked);
      else announce(`Another session holds ${dataClass.name} ${entityKey}`, 'failed');
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  const name = locked ? 'Unlock' : 'Lock for this session';
  return (
    <button
      type="button"
      className={locked ? 'button quiet square pressed' : 'button quiet square'}
      aria-pressed={locked}
      aria-label="Lock"
      title={name}
      onClick={() => void change()}
    >
      <Icon name="lock" />
    </button>
  );
}
