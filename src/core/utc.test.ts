import fc from 'fast-check';
import { expect, test } from 'vitest';
import { millis } from './units.ts';
import { formatUtc, parseUtc } from './utc.ts';

const instants = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9998, 11, 31) });

test('parseUtc() agrees with Date on every instant from the year 1000 on', () => {
  fc.assert(
    fc.property(instants, (epoch) => {
      expect(parseUtc(new Date(epoch).toISOString())).toBe(epoch);
    }),
  );
});

test('formatUtc() agrees with Date, cut to the second', () => {
  fc.assert(
    fc.property(instants, (epoch) => {
      expect(formatUtc(millis(epoch))).toBe(`${new Date(epoch).toISOString().slice(0, 19)}Z`);
    }),
  );
});

test.each(['2024-02-29', '2000-02-29', '1900-03-01', '2100-02-28', '1999-12-31', '1970-01-01', '1969-12-31'])(
  'formatUtc() gives %s back as it was read',
  (day) => {
    expect(formatUtc(parseUtc(`${day}T23:59:59Z`))).toBe(`${day}T23:59:59Z`);
  },
);

test('parseUtc() throws when the text is not a UTC time', () => {
  expect(() => parseUtc('2026-11-22 19:13')).toThrow('must be a UTC time like "2026-01-31T12:00:00Z"');
});
