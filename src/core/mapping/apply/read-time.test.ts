import { expect, test } from 'vitest';
import { Invalid } from '../../values/fault.ts';
import { readSecondsText } from './read-amount.ts';
import { readTime } from './read-time.ts';

test.each([
  ['us', '01/13/2026 08:18:22 PM', 'UTC', '2026-01-13T20:18:22.000Z'],
  ['us', '2/17/26 9:41', 'America/New_York', '2026-02-17T14:41:00.000Z'],
  ['us', '12/31/2026 12:00 am', 'UTC', '2026-12-31T00:00:00.000Z'],
  ['us', '12/31/2026 12:00 p.m.', 'UTC', '2026-12-31T12:00:00.000Z'],
  ['us', '12/31/2026', 'UTC', '2026-12-31T00:00:00.000Z'],
  ['eu', '13.01.2026 20:18', 'Europe/Berlin', '2026-01-13T19:18:00.000Z'],
  ['eu', '13/01/2026, 20:18:22.5', 'UTC', '2026-01-13T20:18:22.500Z'],
  ['eu', '13-01-2026 20:18 +0200', 'UTC', '2026-01-13T18:18:00.000Z'],
  ['unix', '1768335502', 'UTC', '2026-01-13T20:18:22.000Z'],
  ['unix', '1768335502.369', 'UTC', '2026-01-13T20:18:22.369Z'],
  ['unix', 1768335502369, 'UTC', '2026-01-13T20:18:22.369Z'],
  ['iso', '2026-01-13T20:18:22', 'America/New_York', '2026-01-14T01:18:22.000Z'],
  ['iso', '2026-01-13', 'America/New_York', '2026-01-13T05:00:00.000Z'],
  [null, '2026-01-13T20:18:22Z', 'America/New_York', '2026-01-13T20:18:22.000Z'],
] as const)('reads a time of format %s: %s', (format, text, zone, expected) => {
  expect(readTime(text, format, zone)).toBe(expected);
});

test.each([
  ['us', '13/01/2026 10:00'],
  ['us', '02/30/2026'],
  ['us', '1/2/2026 13:00 PM'],
  ['eu', '01/13/2026'],
  ['iso', '1768335502'],
  ['unix', '2026-01-13T20:18:22Z'],
  ['unix', '123'],
  ['us', `${' '.repeat(40)}1/2/2026${' '.repeat(40)}x`],
] as const)('rejects a time that is not of format %s: %s', (format, text) => {
  expect(readTime(text, format, 'UTC')).toBeInstanceOf(Invalid);
});

test('names the format that the mapping expects', () => {
  expect(readTime('13/01/2026', 'us', 'UTC')).toMatchObject({
    detail: expect.stringContaining('01/13/2026'),
  });
});

test.each([
  ['95', false, 95],
  [95.9, false, 95],
  ['95999', true, 95],
  ['00:01:35', false, 95],
  ['1:35', false, 95],
  ['100:00:00.9', false, 360_000],
  ['0', false, 0],
])('reads %s as seconds, rounded down', (value, isMilliseconds, expected) => {
  expect(readSecondsText(value, isMilliseconds)).toBe(expected);
});

test.each(['', '-1', '1:60', '1:60:00', '1e3', 'x', '9999999999', null, {}])(
  'rejects %j as seconds',
  (value) => {
    expect(readSecondsText(value, false)).toBeInstanceOf(Invalid);
  },
);
