// Calendar days: the API's `4!1!2002` and the `2002-01-04` of everybody else.

/** `2002-01-04` of what the API sends for a day; undefined for anything else. */
export function isoDay(wire: unknown): string | undefined {
  const found = /^(\d+)!(\d+)!(\d+)$/.exec(String(wire));
  if (!found) return undefined;
  const [, day = '', month = '', year = ''] = found;
  return `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

export function wireDay(iso: string): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  return `${Number(day)}!${Number(month)}!${Number(year)}`;
}
