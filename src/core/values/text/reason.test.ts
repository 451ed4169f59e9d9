import { expect, test } from 'vitest';
import { reasonOf } from './reason.ts';

test('a host with several addresses fails with what each of them said, once', () => {
  const refused = ['::1', '127.0.0.1', '::1'].map(
    (address) => new Error(`connect ECONNREFUSED ${address}:25`),
  );
  expect(reasonOf(new AggregateError(refused))).toBe(
    'connect ECONNREFUSED ::1:25; connect ECONNREFUSED 127.0.0.1:25',
  );
  expect(reasonOf(new AggregateError(refused, 'no folder can be made'))).toBe('no folder can be made');
});

test('what is thrown need not be an error', () => {
  expect(reasonOf('gone')).toBe('gone');
});
