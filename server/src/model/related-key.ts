// Related entities as clients and code name them (spec 06 § 1.4).

type Fields = Readonly<Record<string, unknown>>;

/** A key, `{"__KEY":…}`, or the deferred form that was read; nothing when a value names no entity. */
export function relatedKey(value: unknown): string | undefined {
  if (isKey(value)) return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { __KEY, __deferred } = value as Fields;
  const deferred = typeof __deferred === 'object' && __deferred !== null ? (__deferred as Fields) : {};
  const key = __KEY ?? deferred['__KEY'];
  return isKey(key) ? String(key) : undefined;
}

const isKey = (value: unknown): value is string | number | bigint =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
