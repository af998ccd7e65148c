// Dates as they travel: every spelling in, one spelling out (spec 03 § 2.2, 04 § 5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDay, parseInstant, printDay } from '../../../src/model/dates.ts';

const days = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test('a day is the same day in every spelling', () => {
  fc.assert(
    fc.property(days, (day) => {
      const [year, month, date] = day.split('-') as [string, string, string];
      for (const text of [
        day,
        `!${day}!`,
        `!!${day}!!`,
        `${date}!${month}!${year}`,
        `${day}T23:59:59.999Z`,
        printDay(day),
      ])
        assert.equal(parseDay(text), day, text);
      assert.equal(parseInstant(day), Date.parse(`${day}T00:00:00Z`));
    }),
  );
});

test('an instant comes back from its ISO text, with any offset', () => {
  const instants = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (instant, minutes) => {
      const ms = instant.getTime();
      assert.equal(parseInstant(instant.toISOString()), ms);
      const shifted = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
      const sign = minutes < 0 ? '-' : '+';
      const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
      const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
      assert.equal(parseInstant(`${shifted}${sign}${hours}:${rest}`), ms);
      assert.equal(parseInstant(`${shifted}${sign}${hours}${rest}`), ms);
    }),
  );
});

test('days are printed without zero padding', () => {
  assert.equal(printDay('2002-01-04'), '4!1!2002');
  assert.equal(printDay('0001-12-31'), '31!12!0001');
});

test('a date-time without an offset is UTC', () => {
  assert.equal(parseInstant('2024-05-02T08:11'), Date.UTC(2024, 4, 2, 8, 11));
  assert.equal(parseInstant('2024-05-02T08:11:45.5'), Date.UTC(2024, 4, 2, 8, 11, 45, 500));
});

test('what is no date', () => {
  for (const text of [
    '',
    '2024',
    '2024-5-2',
    '2024-13-01',
    '2024-00-10',
    '2024-04-31',
    '1!13!2024',
    '1!1!24',
    '2024-05-02x',
    'x2024-05-02',
    '2024-05-02T',
    '2024-05-02T08',
    '2024-05-02T08:61:00Z',
    '+012024-05-02',
    '-000001-01-01',
    '!2024-05-02',
    '2024-05-02T08:00:00+25:00',
  ]) {
    assert.equal(parseDay(text), undefined, `day ${text}`);
    assert.equal(parseInstant(text), undefined, `instant ${text}`);
  }
});
