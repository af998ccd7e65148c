// Asks before changes that are not saved go with their view.
import type { ReactNode } from 'react';
import { answerWaiting, waiting } from '../navigation.ts';
import { useStore } from '../store.ts';
import { Dialog } from '../ui/dialog.tsx';

export function LeaveDialog(): ReactNode {
  if (!useStore(waiting)) return null;
  return (
    <Dialog
      question="Leave without saving?"
      detail="What you changed here is not saved yet, and would be lost."
      yes="Leave"
      no="Keep editing"
      onYes={() => answerWaiting(true)}
      onNo={() => answerWaiting(false)}
    />
  );
}
