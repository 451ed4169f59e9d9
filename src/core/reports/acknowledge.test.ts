import { expect, test } from 'vitest';
import { isStillAcknowledged } from './acknowledge.ts';

const fault = { id: 'unmatched:call_not_found', cause: '', size: 7 };

test.each([
  ['the same fault', fault, { cause: '', size: 7 }, true],
  ['one that shrinks', { ...fault, size: 1 }, { cause: '', size: 7 }, true],
  ['one that grows a little', { ...fault, size: 13 }, { cause: '', size: 7 }, true],
  ['one that doubled', { ...fault, size: 14 }, { cause: '', size: 7 }, false],
  ['one with another cause', { ...fault, cause: 'no_updates' }, { cause: 'unknown_word', size: 7 }, false],
  ['one that is not counted', { ...fault, size: 0 }, { cause: '', size: 0 }, true],
])('%s', (_what, now, acknowledged, expected) => {
  expect(isStillAcknowledged(now, acknowledged)).toBe(expected);
});
