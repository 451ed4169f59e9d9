import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Invalid } from './fault.ts';
import { isTimeZone, readInstant } from './instant.ts';

const newYork = 'America/New_York';

describe('an instant', () => {
  test.each([
    ['2026-11-23T10:00:00Z', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23t10:00:00z', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23T10:00:00.5Z', '2026-11-23T10:00:00.500Z'],
    ['2026-11-23T10:00:00.123999999Z', '2026-11-23T10:00:00.123Z'],
    ['2026-11-23T10:00:00+02:00', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T10:00:00 02:00', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T10:00:00-05:30', '2026-11-23T15:30:00.000Z'],
    ['2026-11-23T23:30:00-05:00', '2026-11-24T04:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000123', '2023-11-14T22:13:20.123Z'],
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    [' 2026-11-23T10:00:00Z ', '2026-11-23T10:00:00.000Z'],
  ])('%s reads as %s', (sent, read) => {
    expect(readInstant(sent, newYork)).toBe(read);
  });

  test.each([
    ['in winter', '2026-11-23T10:00:00', newYork, '2026-11-23T15:00:00.000Z'],
    ['in summer', '2026-07-01 10:00:00', newYork, '2026-07-01T14:00:00.000Z'],
    ['in UTC', '2026-07-01T10:00:00', 'UTC', '2026-07-01T10:00:00.000Z'],
    ['in a zone of half hours', '2026-07-01T10:00:00', 'Asia/Kolkata', '2026-07-01T04:30:00.000Z'],
    ['in the hour that clocks skip', '2026-03-08T02:30:00', newYork, '2026-03-08T07:30:00.000Z'],
    ['in the hour that comes twice', '2026-11-01T01:30:00', newYork, '2026-11-01T05:30:00.000Z'],
  ])('without an offset is local time, %s', (_when, sent, timeZone, read) => {
    expect(readInstant(sent, timeZone)).toBe(read);
  });

  test('is the same in every offset', () => {
    const instants = fc.date({ min: new Date(86_400_000), max: new Date('2099-01-01'), noInvalidDate: true });
    const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    fc.assert(
      fc.property(instants, offsets, (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const minutes = Math.abs(offset);
        const two = (value: number) => String(value).padStart(2, '0');
        const sent = `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
        expect(readInstant(sent, newYork)).toBe(instant.toISOString());
      }),
    );
  });

  test.each([
    '',
    'now',
    '2026-11-23',
    '2026-11-23T10:00Z',
    '2026-11-23T24:00:00Z',
    '2026-11-23T10:60:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00',
    '2026-00-10T00:00:00Z',
    '2026-11-23T10:00:00+24:00',
    '2026-11-23T10:00:00+0200',
    '2026-11-23T10:00:00.1234567890Z',
    '0999-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '170000000',
    '17000000001',
    '170000000012345',
    1.5,
    true,
    null,
    undefined,
    {},
  ])('%j is rejected', (sent) => {
    expect(readInstant(sent, newYork)).toBeInstanceOf(Invalid);
  });
});

test.each([
  ['America/New_York', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
])('%s is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
