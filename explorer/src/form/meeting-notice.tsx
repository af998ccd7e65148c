// Somebody else has saved the entity: what came of it, and the choice for all attributes at once.
import type { ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import type { Clash, Meeting } from './draft.ts';
import type { Choice } from './editing.ts';

interface MeetingNoticeProps {
  readonly meeting: Meeting;
  readonly clashes: readonly Clash[];
  readonly undecided: number;
  readonly onChoose: (name: string, choice: Choice) => void;
}

export function MeetingNotice({
  meeting: { theirsAlone },
  clashes,
  undecided,
  onChoose,
}: MeetingNoticeProps): ReactNode {
  const chooseAll = (choice: Choice): void => {
    for (const { attribute } of clashes) onChoose(attribute.name, choice);
  };
  return (
    <div className="banner conflict" role="alert">
      <p>
        <Icon name="warning" />{' '}
        {clashes.length > 0
          ? `Somebody else has saved this entity and changed ${listed(clashes.map(({ attribute }) => attribute.name))} as well. Choose whose value shall stay.`
          : 'Somebody else has saved this entity. Your changes do not touch theirs and can be saved.'}
      </p>
      {theirsAlone.length > 0 && <p className="muted">Taken over: {listed(theirsAlone.map(({ name }) => name))}.</p>}
      {clashes.length > 1 && undecided > 0 && (
        <p className="banner-actions">
          <button type="button" className="button" onClick={() => chooseAll('theirs')}>
            All theirs
          </button>
          <button type="button" className="button" onClick={() => chooseAll('mine')}>
            All mine
          </button>
        </p>
      )}
    </div>
  );
}

const names = new Intl.ListFormat('en', { type: 'conjunction' });
const listed = (parts: readonly string[]): string => names.format(parts);
