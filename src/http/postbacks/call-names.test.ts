import { expect, test } from 'vitest';
import { CallNames } from './call-names.ts';

test('other ids lead to their calls again after the database was away', async () => {
  let isAway = true;
  const names = new CallNames(
    {
      hasOtherIds: async () => {
        if (isAway) throw new Error('away');
        return true;
      },
      findOtherIds: async () => new Map([['leg', 'call']]),
    },
    'account',
  );
  expect(await names.nameOf({ callLogId: 'leg' })).toBe('leg');
  isAway = false;
  expect(await names.nameOf({ callLogId: 'leg' })).toBe('call');
});
