import { expect, test } from 'vitest';
import { AuthFailureLimiter, goodMax } from './auth-failure-limiter.ts';

function guardAt() {
  const clock = { ms: 0 };
  return { clock, guard: new AuthFailureLimiter(() => clock.ms) };
}

function failUntilSlowed(guard: AuthFailureLimiter, address: string): number {
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

test('memory is bounded: the network that failed longest ago is dropped', () => {
  const { guard } = guardAt();
  failUntilSlowed(guard, '198.51.100.1');
  for (let at = 0; at < 9_999; at += 1) guard.fail(`10.0.${at >> 8}.${at & 255}`);
  expect(guard.isSlowed('198.51.100.1')).toBe(true);
  guard.fail('10.1.0.0');
  expect(guard.isSlowed('198.51.100.1')).toBe(false);
});

test('of the good ones, the oldest is dropped, and none for one that is known', () => {
  const { guard } = guardAt();
  const hashes = Array.from({ length: goodMax + 1 }, (_one, at) => Buffer.from(`key ${at}`));
  const [first, second, third] = hashes as [Buffer, Buffer, Buffer];
  const last = hashes.slice(-1);
  guard.trust(hashes.slice(0, -1));
  guard.trust([first]);
  expect([first, second].map((hash) => guard.isGood(hash))).toEqual([true, true]);
  guard.trust(last);
  expect([first, second, third].map((hash) => guard.isGood(hash))).toEqual([true, false, true]);
});
