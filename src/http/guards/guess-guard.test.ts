import { expect, test } from 'vitest';
import { GuessGuard } from './guess-guard.ts';
import { isSample, RateWindow, rateHeaders } from './rate-window.ts';

function guardAt() {
  const clock = { ms: 0 };
  return { clock, guard: new GuessGuard(() => clock.ms) };
}

function failUntilSlowed(guard: GuessGuard, address: string): number {
  let failures = 0;
  while (guard.fail(address) === 0) failures += 1;
  return failures;
}

test('a hundred failures are let pass, then one a second', () => {
  const { clock, guard } = guardAt();
  expect(failUntilSlowed(guard, '203.0.113.7')).toBe(100);
  expect(guard.isSlowed('203.0.113.7')).toBe(true);
  expect(guard.fail('203.0.113.7')).toBe(1);
  clock.ms = 1_000;
  expect(guard.isSlowed('203.0.113.7')).toBe(false);
  expect(failUntilSlowed(guard, '203.0.113.7')).toBe(1);
  clock.ms = 1_000_000;
  expect(failUntilSlowed(guard, '203.0.113.7')).toBe(100);
});

test('another address is not slowed, another one of the same IPv6 network is', () => {
  const { guard } = guardAt();
  failUntilSlowed(guard, '2001:db8:1:2::1');
  expect(guard.isSlowed('2001:db8:1:2:ffff::9')).toBe(true);
  expect(guard.isSlowed('2001:db8:1:3::1')).toBe(false);
  expect(guard.isSlowed('203.0.113.7')).toBe(false);
});

test('memory is bounded: whoever failed longest ago is forgotten', () => {
  const { guard } = guardAt();
  failUntilSlowed(guard, '198.51.100.1');
  for (let at = 0; at < 9_999; at += 1) guard.fail(`10.0.${at >> 8}.${at & 255}`);
  expect(guard.isSlowed('198.51.100.1')).toBe(true);
  guard.fail('10.1.0.0');
  expect(guard.isSlowed('198.51.100.1')).toBe(false);
});

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

test('of a flood a few are kept', () => {
  const kept = Array.from({ length: 1_000 }, (_one, at) => at + 1).filter(isSample);
  expect(kept).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});
