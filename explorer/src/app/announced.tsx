// What has just happened, at the edge of the screen.
import type { ReactNode } from 'react';
import { useStore } from '../store.ts';
import { announced, dismiss } from '../ui/announce.ts';
import { Icon } from '../ui/icon.tsx';
import { IconButton } from '../ui/icon-button.tsx';

const icons = { 'under way': 'upload', done: 'check', failed: 'warning' } as const;

export function Announced(): ReactNode {
  const said = useStore(announced);
  return (
    <div className="announced" role="status" aria-live={said?.tone === 'failed' ? 'assertive' : 'polite'}>
      {said && (
        <p key={said.id} className={said.tone}>
          <Icon name={icons[said.tone]} />
          <span>{said.text}</span>
          <IconButton icon="close" name="Dismiss" onClick={dismiss} />
        </p>
      )}
    </div>
  );
}
