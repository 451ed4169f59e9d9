import { expect, test } from 'vitest';
import { periodOf } from '../../../ui/src/components/lists/period.ts';

const now = Date.UTC(2026, 2, 1, 3); // the evening of the last of February in New York

test.each([
  ['today', '2026-02-28', '2026-02-28'],
  ['yesterday', '2026-02-27', '2026-02-27'],
  ['7d', '2026-02-22', '2026-02-28'],
  ['30d', '2026-01-30', '2026-02-28'],
  ['week', '2026-02-23', '2026-02-28'],
  ['last-week', '2026-02-16', '2026-02-22'],
  ['month', '2026-02-01', '2026-02-28'],
  ['last-month', '2026-01-01', '2026-01-31'],
])('%s is told by the calendar of the account', (period, from, to) => {
  expect(periodOf({ period }, 'America/New_York', now)).toEqual({ name: period, from, to });
});

test('the month before March is February', () => {
  expect(periodOf({ period: 'last-month' }, 'UTC', now)).toMatchObject({
    from: '2026-02-01',
    to: '2026-02-28',
  });
});

test('what the address does not say well is left out', () => {
  expect(periodOf({ period: 'era' }, 'UTC', now)).toMatchObject({
    name: '7d',
    from: '2026-02-23',
    to: '2026-03-01',
  });
  expect(periodOf({ period: 'custom', from: 'x', to: '2026-03-01' }, 'UTC', now)).toMatchObject({
    ...{ from: '2026-02-23', to: '2026-03-01' },
  });
});
