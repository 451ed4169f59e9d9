import { expect, test } from 'vitest';
import { useServer, useWebhook } from './support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

test('a postback changes a completed call before it is answered', async () => {
  await server.createCall('CA1', { phone_number: '+15550100123' });
  const answer = await server.post(webhook, {
    call_log_id: 'CA1',
    converted: true,
    fields: { revenue_paid_out: '12.5' },
  });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ status: 'applied', duplicate: false, matched_by: 'call_log_id' });
  expect(answer.json.changes.revenue_paid_out).toEqual({ from: null, to: '12.50' });
  expect(await server.readCall('CA1')).toMatchObject({ converted: true, revenue_paid_out: '12.50' });
});

test('a postback for a live call waits and is applied when the call completes', async () => {
  await server.createCall('CA2', { state: 'live' });
  const answer = await server.get(webhook, [
    ['call_log_id', 'CA2'],
    ['revenue_paid_out', '7'],
  ]);
  expect(answer.status).toBe(202);
  expect(await server.readCall('CA2')).toMatchObject({ revenue_paid_out: null, queued_updates: 1 });
  const completed = await server.api('POST', '/calls/CA2/complete');
  expect(completed.json).toMatchObject({ state: 'completed', revenue_paid_out: '7.00', queued_updates: 0 });
});
