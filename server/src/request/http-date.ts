// Dates as HTTP writes them (RFC 9110 § 5.6.7). `Date.parse` takes a good deal more, and reads a date that names no zone
// as one of the machine's own.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The form that is written today, and the two that must still be read. */
const forms = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/** Seconds since 1970 of an HTTP date; `undefined` for anything else, which is to be ignored. */
export function parseHttpDate(text: string): number | undefined {
  for (const form of forms) {
    const parts = form.exec(text.trim())?.groups as Record<'day' | 'month' | 'year' | 'time', string> | undefined;
    if (!parts) continue;
    const month = months.indexOf(parts.month);
    if (month < 0) return undefined;
    const time = Date.UTC(yearOf(parts.year), month, Number(parts.day), ...clock(parts.time));
    // 31 February, 25 o'clock.
    return new Date(time).getUTCDate() === Number(parts.day) ? time / 1000 : undefined;
  }
  return undefined;
}

const clock = (time: string): [number, number, number] => time.split(':').map(Number) as [number, number, number];

/** Of two digits: the nearest year that is not more than fifty years ahead. */
function yearOf(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  const now = new Date().getUTCFullYear();
  const here = now - (now % 100) + year;
  return here > now + 50 ? here - 100 : here;
}
