import { expect, test } from 'vitest';
import { expectUnbrokenChains } from './call-chains.ts';

const call = {
  call_log_id: 'C1',
  converted: true,
  call_converted_at: new Date('2026-11-23T10:00:00Z'),
  revenue_paid_out: '3.0000',
  publisher_paid_out: null,
  reason: null,
  no_payout_reason: null,
  tags: { deal: 'won' },
};
const created = { converted: { from: false, to: true }, 'tags.deal': { from: null, to: 'won' } };
const at = { call_converted_at: { from: null, to: '2026-11-23T10:00:00.000Z' } };
const money = (from: string | null, to: string) => ({ revenue_paid_out: { from, to } });

const check = (changes: object[], now: object = {}) =>
  expectUnbrokenChains(async (sql) =>
    sql.includes('call_event')
      ? changes.map((one) => ({ call_log_id: 'C1', changes: one }))
      : [{ ...call, ...now }],
  );

test('changes that lead from an empty call to what it has now are a chain, in any order', async () => {
  const tag = [{ 'tags.x': { from: null, to: 'a' } }, { 'tags.x': { from: 'a', to: null } }];
  const changes = [money('1.00', '3.00'), created, ...tag, money(null, '1.00'), at];
  expect(await check(changes)).toBe(7);
});

test.each([
  ['is missing', [money('1.00', '3.00'), created, at], {}],
  ['was done twice', [money(null, '3.00'), money(null, '3.00'), created, at], {}],
  ['was made to an old value', [money(null, '1.00'), money(null, '3.00'), created, at], {}],
  ['is not on the call', [money(null, '3.00'), created, at], { revenue_paid_out: '2.0000' }],
  ['has left a tag', [money(null, '3.00'), created, at, { 'tags.x': { from: null, to: 'a' } }], {}],
  ['leads in a circle beside the chain', [money(null, '3.00'), money('7.00', '7.00'), created, at], {}],
])('a change that %s breaks the chain', async (_what, changes, now) => {
  await expect(check(changes, now)).rejects.toThrow(/to deeply equal/);
});
