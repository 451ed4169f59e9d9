import { expect, test } from 'vitest';
import { isSample, RateWindow, rateHeaders } from './rate-window.ts';

test('a window takes its quota in a minute from its first request on, and tells what is left', () => {
  const window = new RateWindow();
  expect(window.take(2, 500)).toEqual({ quota: 2, remaining: 1, resetSeconds: 60, over: 0 });
  expect(window.take(2, 30_500)).toEqual({ quota: 2, remaining: 0, resetSeconds: 30, over: 0 });
  expect(window.take(2, 60_499)).toEqual({ quota: 2, remaining: 0, resetSeconds: 1, over: 1 });
  expect(window.take(3, 60_499)).toMatchObject({ over: 1 }); // a quota that was just raised
  const next = window.take(2, 60_500);
  expect(next).toEqual({ quota: 2, remaining: 1, resetSeconds: 60, over: 0 });
  expect(rateHeaders(next)).toEqual({
    'ratelimit-policy': '"webhook";q=2;w=60',
    ratelimit: '"webhook";r=1;t=60',
  });
});

test('the rest of a minute is at most 60 s and at least 1, whatever the clock has behind its point', () => {
  expect(new RateWindow().take(1, 62_595.78186292183).resetSeconds).toBe(60);
  const window = new RateWindow();
  window.take(1, 0);
  expect(window.take(1, 59_999.9).resetSeconds).toBe(1);
});

test('of a flood a few are kept', () => {
  const kept = Array.from({ length: 1_000 }, (_one, at) => at + 1).filter(isSample);
  expect(kept).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});
