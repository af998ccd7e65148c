// The few figures that rounds are summed up in.

/** The value below which the share `part` (0 to 1) of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** `0.81–0.93` */
export const rangeOf = (values: readonly number[], digits = 2): string =>
  `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;

/** `12 345/s`; slow rates keep a decimal. */
export const perSecond = (rate: number): string =>
  `${rate < 100 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en').replaceAll(',', ' ')}/s`;
