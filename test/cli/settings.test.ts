import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

test('everything is kept unless the settings say for how long', () => {
  expect(readConfig({}).retention).toEqual({ bodies: null, postbacks: null, calls: null });
  const env = { RETAIN_BODIES_DAYS: '14', RETAIN_POSTBACKS_DAYS: '730', RETAIN_CALLS_DAYS: ' 1095 ' };
  expect(readConfig(env).retention).toEqual({ bodies: 14, postbacks: 730, calls: 1095 });
});

test.each([
  ['0 days', { RETAIN_CALLS_DAYS: '0' }, /RETAIN_CALLS_DAYS must be a whole number of days, 1 or more/],
  ['half a day', { RETAIN_BODIES_DAYS: '0.5' }, /RETAIN_BODIES_DAYS must be/],
  ['a word', { RETAIN_POSTBACKS_DAYS: 'never' }, /RETAIN_POSTBACKS_DAYS must be/],
  [
    'postbacks for less than their bodies',
    { RETAIN_BODIES_DAYS: '30', RETAIN_POSTBACKS_DAYS: '29' },
    /RETAIN_POSTBACKS_DAYS must not be less/,
  ],
])('a retention of %s is rejected', (_what, env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test('which postbacks get a line in the log', () => {
  expect(readConfig({}).logPostbacks).toBe('rejected');
  expect(readConfig({ LOG_POSTBACKS: 'all' }).logPostbacks).toBe('all');
  expect(() => readConfig({ LOG_POSTBACKS: 'some' })).toThrow(
    /LOG_POSTBACKS must be one of: all, rejected, none/,
  );
});
