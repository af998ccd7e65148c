// Dates as they travel: calendar days and instants, in every spelling clients use (spec 03 § 2.2, 04 § 5).

const isoDay = /^(\d{4})-(\d{2})-(\d{2})/;
const bangDay = /^(\d{1,2})!(\d{1,2})!(\d{4})$/;
const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** The first and the last instant of the years 1 to 9999, in milliseconds since 1970; nothing beyond is a date. */
export const firstInstant = -62_135_596_800_000;
export const lastInstant = 253_402_300_799_999;

function day(year: number, month: number, dayOfMonth: number): string | undefined {
  const date = new Date(Date.UTC(2000, month - 1, dayOfMonth));
  date.setUTCFullYear(year, month - 1, dayOfMonth);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth || year < 1 || year > 9999) return undefined;
  return date.toISOString().slice(0, 10);
}

/**
 * A calendar day as `yyyy-mm-dd`: from `d!m!yyyy`, `yyyy-mm-dd`, `!yyyy-mm-dd!`, `!!yyyy-mm-dd!!`, or an ISO date-time
 * (its UTC calendar day). `undefined` when the text is no date.
 */
export function parseDay(text: string): string | undefined {
  const bang = bangDay.exec(text);
  if (bang) return day(Number(bang[3]), Number(bang[2]), Number(bang[1]));
  const bare = text.replace(/^!{1,2}(.*?)!{1,2}$/, '$1');
  const iso = isoDay.exec(bare);
  if (iso && bare.length === 10) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const instant = text.includes('T') ? parseInstant(text) : undefined;
  return instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 10);
}

/**
 * An instant in milliseconds since 1970: from ISO with or without milliseconds and offset, or a day in any spelling of
 * `parseDay` (its midnight UTC). A date-time without offset is read as UTC. `undefined` when the text is no date.
 */
export function parseInstant(text: string): number | undefined {
  if (isoInstant.test(text)) {
    if (day(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))) === undefined)
      return undefined;
    const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
    const ms = Date.parse(zoned.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    return ms >= firstInstant && ms <= lastInstant ? ms : undefined;
  }
  if (text.includes('T')) return undefined;
  const midnight = parseDay(text);
  return midnight === undefined ? undefined : Date.parse(`${midnight}T00:00:00Z`);
}

/** A calendar day `yyyy-mm-dd` as clients get it: `d!m!yyyy` without zero padding. */
export function printDay(text: string): string {
  return `${Number(text.slice(8, 10))}!${Number(text.slice(5, 7))}!${text.slice(0, 4)}`;
}
