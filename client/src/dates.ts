// Dates on the wire: calendar days are `d!m!yyyy`, instants ISO text (spec 03 § 2.2).

/** `4!1!2002` → `2002-01-04`, the form of `<input type="date">`; null stays null. @throws RangeError for another text */
export function dayOf(wire: string): string;
export function dayOf(wire: string | null): string | null;
export function dayOf(wire: string | null): string | null {
  if (wire === null) return null;
  const [, day = '', month = '', year = ''] = /^(\d{1,2})!(\d{1,2})!(\d{1,4})$/.exec(wire) ?? [];
  if (year === '') throw new RangeError(`not a calendar day: ${wire}`);
  return `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** `2002-01-04`, or the day a Date shows in this time zone, → `4!1!2002`. @throws RangeError for another text */
export function wireDay(day: string | Date): string {
  if (day instanceof Date) return `${day.getDate()}!${day.getMonth() + 1}!${day.getFullYear()}`;
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) throw new RangeError(`not a calendar day: ${day}`);
  return `${Number(date)}!${Number(month)}!${Number(year)}`;
}
