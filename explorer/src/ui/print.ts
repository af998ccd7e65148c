// How numbers are written, everywhere alike.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 12 });

/** `1 200.5`, grouped by thin spaces. */
export const printNumber = (number: number): string => grouped.format(number).replaceAll(',', '\u202f');

/** `85.3 kB`. */
export function printBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(2)} MB`;
}

/** `1 entity`, `1 200 entities`. */
export const printCount = (count: number, one: string, many: string): string =>
  `${printNumber(count)} ${count === 1 ? one : many}`;
