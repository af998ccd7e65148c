// Changes as they happen.
import type { DataClassDef, StorageDef } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';

/** A dataclass whose changes, or rows of deletions, are read in the order of their numbers. */
export interface FollowedClass {
  readonly dataClass: DataClassDef;
  /** What is told of each change. */
  readonly columns: Columns;
  /** The attribute that holds the number. */
  readonly number: StorageDef;
}

/** The changes of tracked dataclasses as they happen. */
export interface ChangesPlan {
  readonly kind: 'changes';
  readonly classes: readonly FollowedClass[];
  /** Absent where the asker may not see what was deleted. */
  readonly deletions?: FollowedClass;
  /** The number to begin with; absent: with the next change. */
  readonly since?: number;
  /** Equal for requests that are told the same. */
  readonly name: string;
  /** Whoever may ask so is told the same; false where a row filter looks at who asks. */
  readonly shared: boolean;
}
