// Dates as filters and stored texts spell them: only texts of a known form are looked at any closer.
import { parseDay, parseInstant } from '../model/dates.ts';

const dayForm = /^(?:\d{1,2}!\d{1,2}!\d{4}|\d{4}-\d\d-\d\d|!{1,2}\d{4}-\d\d-\d\d!{1,2})$/;
const instantForm = /^\d{4}-\d\d-\d\dT/;

const isDate = (text: string): boolean => dayForm.test(text) || instantForm.test(text);

/** A calendar day `yyyy-mm-dd`, or `undefined` when the text is no date (spec 04 § 5). */
export const readDay = (text: string): string | undefined => (isDate(text) ? parseDay(text) : undefined);

/** Milliseconds since 1970, or `undefined` when the text is no date; a day is its midnight UTC. */
export const readInstant = (text: string): number | undefined => (isDate(text) ? parseInstant(text) : undefined);
