import { describe, expect, test } from 'vitest';
import { findRises, type HourOfRejections, hourMs, isSilent, silenceWindows } from './attention.ts';

const hours = (counts: Record<number, number>, code = 'unknown_field'): HourOfRejections[] =>
  Object.entries(counts).map(([hoursAgo, count]) => ({
    webhookId: 'w',
    hoursAgo: Number(hoursAgo),
    code,
    count,
  }));
const every = (count: number, from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, at) => [from + at, count]));

describe('rejections rise', () => {
  const old = new Map([['w', 10_000]]);
  test.each<[string, HourOfRejections[], object | null]>([
    ['where there were none before', hours({ 0: 5 }), { windowHours: 1, rejected: 5, usual: 0 }],
    ['not where a few are tried out', hours({ 0: 4 }), null],
    ['in the last hour', hours({ 0: 30, ...every(2, 1, 25) }), { windowHours: 1, rejected: 30, usual: 2 }],
    ['not where there always are as many', hours(every(30, 0, 192)), null],
    ['not for chance', hours({ 0: 9, ...every(4, 1, 192) }), null],
    ['over the last day', hours(every(1, 0, 24)), { windowHours: 24, rejected: 24, usual: 0 }],
    [
      'over the last day, against the week',
      hours({ ...every(3, 0, 24), ...every(1, 24, 192) }),
      { windowHours: 24, rejected: 72, usual: 24 },
    ],
    ['not for what is long over', hours(every(50, 24, 48)), null],
  ])('%s', (_name, rejections, expected) => {
    const rises = findRises(rejections, old);
    expect(rises).toMatchObject(
      expected === null ? [] : [{ webhookId: 'w', code: 'unknown_field', ...expected }],
    );
    expect(rises.length).toBe(expected === null ? 0 : 1);
  });

  test('a young webhook is compared with its own short past', () => {
    const rejections = hours({ 0: 20, 1: 12, 2: 12 });
    expect(findRises(rejections, new Map([['w', 3]]))).toEqual([]);
    expect(findRises(rejections, old)).toMatchObject([{ windowHours: 1, usual: 1 }]);
  });

  test('with the code that is most frequent', () => {
    const rejections = [...hours({ 0: 4 }, 'invalid_value'), ...hours({ 0: 6 }, 'call_not_found')];
    expect(findRises(rejections, old)).toMatchObject([{ rejected: 10, code: 'call_not_found' }]);
  });
});

describe('somebody is silent', () => {
  const nowMs = Date.UTC(2026, 10, 24, 12);
  const [window] = silenceWindows(nowMs);
  if (window === undefined) throw new Error('there is a window');
  const [yes, no] = [true, false];
  test.each<[string, number, boolean[], boolean]>([
    ['who was busy every day', 4, [yes, yes, yes, yes, yes, yes, yes], true],
    ['who was busy on some of them', 4, [no, yes, no, yes, no, no, yes], true],
    ['not who just posted', 2, [yes, yes, yes, yes, yes, yes, yes], false],
    ['not on a day off', 4, [yes, yes, yes, yes, yes, no, no], false],
    ['not who hardly ever posts', 4, [no, no, no, no, no, yes, yes], false],
  ])('%s', (_name, hoursAgo, wasBusy, expected) => {
    expect(isSilent(window, nowMs - hoursAgo * hourMs, nowMs, wasBusy)).toBe(expected);
  });

  test('the windows are those of this time of day', () => {
    expect(window.hours).toBe(3);
    expect(window.days[0]).toEqual({ fromMs: Date.UTC(2026, 10, 23, 9), toMs: Date.UTC(2026, 10, 23, 12) });
    expect(window.days[6]).toEqual({ fromMs: Date.UTC(2026, 10, 17, 9), toMs: Date.UTC(2026, 10, 17, 12) });
  });
});
