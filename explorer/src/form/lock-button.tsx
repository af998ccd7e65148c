// Holds an entity for oneself, so that nobody else can save it meanwhile.
import { useEffect, useState, type ReactNode } from 'react';
import { useCatalog, type DataClass } from '../api/catalog.ts';
import { ask } from '../api/connection.ts';
import { entityPath } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';
import { IconButton } from '../ui/icon-button.tsx';

interface LockButtonProps {
  readonly dataClass: DataClass;
  readonly entityKey: string;
}

interface OwnLocks {
  readonly lockInfo?: readonly { readonly tableName: string; readonly key: string }[];
}

export function LockButton({ dataClass, entityKey }: LockButtonProps): ReactNode {
  const { mount } = useCatalog();
  const [locked, setLocked] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    ask<OwnLocks>(`${mount}/$info/lockInfo`, { signal: abort.signal, quiet: true }).then(
      ({ lockInfo = [] }) =>
        setLocked(lockInfo.some(({ tableName, key }) => tableName === dataClass.name && key === entityKey)),
      () => undefined,
    );
    return () => abort.abort();
  }, [mount, dataClass, entityKey]);
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
  return (
    <IconButton
      icon="lock"
      name="Lock"
      title={locked ? 'Unlock' : 'Lock for this session'}
      className={locked ? 'pressed' : ''}
      aria-pressed={locked}
      onClick={() => void change()}
    />
  );
}
