// What is to be saved, and the ways to do so or not.
import type { ReactNode } from 'react';
import { href } from '../route.ts';
import { FaultBanner } from '../ui/banner.tsx';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import type { PlacedErrors } from './place-errors.ts';

interface EntityFootProps {
  readonly isNew: boolean;
  /** How many attributes are edited, and how many of them somebody has still to decide about. */
  readonly changed: number;
  readonly undecided: number;
  readonly saving: boolean;
  /** Why the last save failed, as far as no field is the reason. */
  readonly errors: PlacedErrors;
  readonly onDiscard: () => void;
}

export function EntityFoot({ isNew, changed, undecided, saving, errors, onDiscard }: EntityFootProps): ReactNode {
  return (
    <footer className="entity-foot">
      {errors.general.length > 0 && (
        <FaultBanner lines={errors.general}>
          {errors.forbidden && (
            <Link className="button" to={href({ kind: 'login' })}>
              <Icon name="user" /> Log in
            </Link>
          )}
        </FaultBanner>
      )}
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
