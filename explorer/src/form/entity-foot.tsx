// What is to be saved, and the ways to do so or not.
import type { ReactNode } from 'react';
import { FaultBanner } from '../ui/banner.tsx';

interface EntityFootProps {
  readonly isNew: boolean;
  /** How many attributes are edited, and how many of them somebody has still to decide about. */
  readonly changed: number;
  readonly undecided: number;
  readonly saving: boolean;
  /** Why the last save failed, as far as no field is the reason. */
  readonly faults: readonly string[];
  readonly onDiscard: () => void;
}

export function EntityFoot({ isNew, changed, undecided, saving, faults, onDiscard }: EntityFootProps): ReactNode {
  return (
    <footer className="entity-foot">
      {faults.length > 0 && <FaultBanner lines={faults} />}
      {(changed > 0 || isNew) && (
        <div className="entity-deeds">
          <button type="submit" className="button primary" disabled={saving || undecided > 0}>
            {saving ? 'Saving …' : isNew ? 'Create' : 'Save'}
          </button>
          {changed > 0 && (
            <button type="button" className="button" disabled={saving} onClick={onDiscard}>
              Discard
            </button>
          )}
          <span className="muted" role="status">
            {undecided > 0
              ? `${undecided} to decide`
              : changed > 0 && `${changed} ${changed === 1 ? 'attribute' : 'attributes'} changed`}
          </span>
        </div>
      )}
    </footer>
  );
}
