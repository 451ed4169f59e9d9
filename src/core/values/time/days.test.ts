import { expect, test } from 'vitest';
import { dateOf, daysOf } from './days.ts';

const hoursOf = (days: { from: string }[], to: string) =>
  days.map(({ from }, at) => (Date.parse(days[at + 1]?.from ?? to) - Date.parse(from)) / 3_600_000);

test('days begin at midnight of the time zone', () => {
  expect(daysOf('2026-11-01T23:00:00.000Z', '2026-11-03T23:00:00.000Z', 'Europe/Berlin')).toEqual([
    { date: '2026-11-02', from: '2026-11-01T23:00:00.000Z' },
    { date: '2026-11-03', from: '2026-11-02T23:00:00.000Z' },
  ]);
});

test.each([
  ['Europe/Berlin', '2026-03-27T23:00:00.000Z', '2026-03-30T22:00:00.000Z', [24, 23, 24]],
  ['Europe/Berlin', '2026-10-23T22:00:00.000Z', '2026-10-26T23:00:00.000Z', [24, 25, 24]],
  ['America/New_York', '2026-10-31T04:00:00.000Z', '2026-11-03T05:00:00.000Z', [24, 25, 24]],
  ['Asia/Kolkata', '2026-10-30T18:30:00.000Z', '2026-11-01T18:30:00.000Z', [24, 24]],
  ['Australia/Lord_Howe', '2026-10-02T13:30:00.000Z', '2026-10-05T13:00:00.000Z', [24, 23.5, 24]],
])('a day on which the clocks of %s change is as long as it is', (timeZone, from, to, hours) => {
  expect(hoursOf(daysOf(from, to, timeZone), to)).toEqual(hours);
});

test('a day whose midnight is left out begins when the clocks do', () => {
  expect(daysOf('2018-11-03T03:00:00.000Z', '2018-11-05T02:00:00.000Z', 'America/Sao_Paulo')).toEqual([
    { date: '2018-11-03', from: '2018-11-03T03:00:00.000Z' },
    { date: '2018-11-04', from: '2018-11-04T03:00:00.000Z' },
  ]);
});

test('a period that begins and ends within a day is cut there', () => {
  expect(daysOf('2026-11-24T10:00:00.000Z', '2026-11-25T00:00:00.001Z', 'UTC')).toEqual([
    { date: '2026-11-24', from: '2026-11-24T10:00:00.000Z' },
    { date: '2026-11-25', from: '2026-11-25T00:00:00.000Z' },
  ]);
  expect(daysOf('2026-11-24T10:00:00.000Z', '2026-11-24T10:00:00.000Z', 'UTC')).toEqual([]);
});

test('an instant has the date of its place', () => {
  expect(dateOf('2026-11-24T23:30:00.000Z', 'Europe/Berlin')).toBe('2026-11-25');
  expect(dateOf('2026-11-24T23:30:00.000Z', 'America/New_York')).toBe('2026-11-24');
});
