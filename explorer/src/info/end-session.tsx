// Ends a session: one's own, or, for who administers the server, any.
import type { ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import { ask, userOf } from '../api/connection.ts';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';
import { Confirm } from '../ui/confirm.tsx';
import type { Row } from './lists.ts';

/** Only who administers the server is told whole ids, and may end other sessions than its own. */
const isWhole = (id: string): boolean => /^[0-9A-F]{32}$/.test(id);

export function EndSession({ session, ended }: { readonly session: Row; readonly ended: () => void }): ReactNode {
  const { mount } = useCatalog();
  const id = String(session['sessionID']);
  const end = async (): Promise<void> => {
    try {
      if (isWhole(id)) await ask(`${mount}/$info/sessionInfo/release/${id}`, { method: 'POST' });
      else {
        await userOf(mount).logout();
        // What was read may be more than a guest may see.
        return location.reload();
      }
      announce(`The session ${id.slice(0, 8)} is ended`);
      ended();
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  return (
    <Confirm
      label="End"
      name={`End session ${id.slice(0, 8)}`}
      question={`End the session of ${String(session['userName'])}?`}
      detail="Its locks, uploads and entity sets go with it, and whoever is logged in there has to log in again."
      yes="End"
      onYes={() => void end()}
    />
  );
}
