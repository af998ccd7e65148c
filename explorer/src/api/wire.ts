// What the JSON of entities holds, as far as the client leaves it as it is.
import type { WireDeferred } from '@keystamp/client';

export type Deferred = WireDeferred['__deferred'];

/** What stands for a value that is not sent; undefined for any other value. */
export const deferredOf = (value: unknown): Deferred | undefined =>
  typeof value === 'object' && value !== null && '__deferred' in value ? (value as WireDeferred).__deferred : undefined;
