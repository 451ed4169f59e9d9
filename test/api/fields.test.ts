/** `GET /fields`: the table of fields as clients read it. */
import { expect, test } from 'vitest';
import { updateFields } from '../../src/core/updates/fields/fields.ts';
import { useServer } from '../support/server.ts';

const server = useServer();

test('every member of a call that a request can set is in the list, with a label and an example that is accepted', async () => {
  const { json } = await server.api('GET', '/fields');
  const call = await server.createCall('F1', { phone_number: '+12135550142' });
  const derived = ['call_log_id', 'state', 'payout_status', 'tags', 'queued_updates'];
  const fixed = new Set([...derived, 'created_at', 'updated_at']);
  const names = json.items.map(({ name }: { name: string }) => name);
  expect(new Set(names)).toEqual(new Set(Object.keys(call).filter((name) => !fixed.has(name))));
  for (const { name, label, help, example, is_update } of json.items) {
    expect(
      [label, help].every((text) => /\S/.test(text)),
      name,
    ).toBe(true);
    const answer = is_update
      ? await server.api('PATCH', '/calls/F1', { [name]: example })
      : await server.api('POST', '/calls', { call_log_id: `F-${name}`, [name]: example });
    expect(answer.status, `${name}: ${answer.text}`).toBeLessThan(300);
  }
});

test('a field has its choices, when it is accepted, and its name in each type of webhook', async () => {
  const { json } = await server.api('GET', '/fields');
  const field = (name: string) => json.items.find((item: { name: string }) => item.name === name);
  expect(field('no_payout_reason')).toMatchObject({
    label: 'No-payout reason',
    choices: updateFields.no_payout_reason.choices,
    completed_only: true,
    is_nullable: true,
    webhook_types: expect.arrayContaining([{ type: 'update_fields', name: 'no_payout_reason' }]),
  });
  expect(field('revenue_paid_out')).toMatchObject({
    type: 'money',
    is_nullable: false,
    webhook_types: expect.arrayContaining([{ type: 'update_revenue', name: 'revenue' }]),
  });
  expect(field('campaign')).toMatchObject({ is_update: false });
});
