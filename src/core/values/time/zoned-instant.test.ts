import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInstant } from './instant.ts';
import { zonedInstantWriter } from './zoned-instant.ts';

test.each([
  ['UTC', '2026-11-01T10:00:00.000Z', '2026-11-01T10:00:00.000Z'],
  ['America/New_York', '2026-11-01T05:59:59.999Z', '2026-11-01T01:59:59.999-04:00'],
  ['America/New_York', '2026-11-01T06:00:00.000Z', '2026-11-01T01:00:00.000-05:00'],
  ['Asia/Kathmandu', '2026-12-31T20:00:00.000Z', '2027-01-01T01:45:00.000+05:45'],
  ['Europe/London', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
])('in %s, %s is %s', (timeZone, instant, written) => {
  expect(zonedInstantWriter(timeZone)(instant)).toBe(written);
});

test('what is written is read as the same instant, in whatever zone', () => {
  const zones = fc.constantFrom('America/Los_Angeles', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC');
  const dates = fc.date({ min: new Date('1975-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(zones, dates, (timeZone, date) => {
      const instant = date.toISOString();
      expect(readInstant(zonedInstantWriter(timeZone)(instant), 'Asia/Tokyo')).toBe(instant);
    }),
  );
});
