/** Events that are no change of a call: what needs attention, and postbacks that expired. */
import { expect, test } from 'vitest';
import { createTestDatabase, holdLock, waitingForLocks } from '../support/database.ts';
import { startReceiver } from '../support/programs/receiver.ts';
import { startTestServerOn, useServer } from '../support/server.ts';

const server = useServer();

test('attention is raised once when it begins, and cleared when it ends', async () => {
  const receiver = await startReceiver();
  const rejecting = await server.createWebhook('update_fields', { name: 'Dialer' });
  const { json: postback } = await server.post(rejecting, { call_log_id: 'none', converted: true });
  const { items } = (await server.api('GET', '/overview/attention')).json;
  const item = items.find(({ kind }: { kind: string }) => kind === 'unmatched');
  expect(item).toMatchObject({ code: 'call_not_found' });
  const { id, acknowledged, ...fault } = item; // these are of the list, not of the event
  expect([id, acknowledged]).toEqual(['unmatched:call_not_found', null]);
  const { json: webhook } = await server.api('POST', '/webhooks/outgoing', {
    ...{ name: 'Alerts', url: receiver.url, events: ['attention.raised', 'attention.cleared'] },
  });
  await receiver.wait(1);
  expect(receiver.received.map(({ json }) => json)).toEqual([
    {
      ...{ id: expect.stringMatching(/^evt_.*_raised$/), type: 'attention.raised', at: expect.any(String) },
      ...{ sequence: null, call: null, changes: {}, caused_by: { user: 'Ringback' } },
      attention: { ...fault, from: expect.any(String) },
    },
  ]);
  // As if a minute had passed: it still needs attention, and is not told again; then it does not.
  const look = async () => {
    await server.database.query(`update outgoing_cursor set attention_at = now() - interval '1 hour'`);
    const other = await startTestServerOn(server.database);
    const isTold = () =>
      server.database.query(
        `select attention_at > clock_timestamp() - interval '30 minutes' as told from outgoing_cursor`,
      );
    await expect.poll(isTold).toEqual([{ told: true }]);
    await other.stop();
  };
  await look();
  await server.api('POST', `/postbacks/${postback.postback_id}/dismiss`, { reason: 'A test' });
  await look();
  await receiver.wait(2);
  const told = receiver.received.map(({ json }) => [json.type, json.attention.kind, json.attention.code]);
  expect(told).toEqual([
    ['attention.raised', 'unmatched', 'call_not_found'],
    ['attention.cleared', 'unmatched', 'call_not_found'],
  ]);
  await server.api('DELETE', `/webhooks/outgoing/${webhook.id}`);
});

test('what needs attention is told after the clock was set back', async () => {
  const receiver = await startReceiver();
  const events = ['attention.raised', 'attention.cleared'];
  const { json } = await server.api('POST', '/webhooks/outgoing', {
    name: 'Clock',
    url: receiver.url,
    events,
  });
  await server.database.query(`update outgoing_cursor set attention_at = now() + interval '1 day'`);
  const other = await startTestServerOn(server.database);
  const isAhead = () =>
    server.database.query('select attention_at > clock_timestamp() as ahead from outgoing_cursor');
  await expect.poll(isAhead).toEqual([{ ahead: false }]);
  await other.stop();
  await server.api('DELETE', `/webhooks/outgoing/${json.id}`);
});

test('a postback that expires is an event, once', async () => {
  const receiver = await startReceiver();
  const waiting = await server.createWebhook('update_fields', { name: 'Tracker', unmatched: 'wait' });
  await server.api('POST', '/webhooks/outgoing', {
    ...{ name: 'Expiry', url: receiver.url, events: ['postback.expired', 'postback.rejected'] },
  });
  const { json } = await server.post(waiting, { call_log_id: 'never', revenue_paid_out: '5' });
  await server.database.query(`update postback set waits_until = now() where postback_id = $1`, [
    json.postback_id,
  ]);
  // A server looks for them as it starts.
  const other = await startTestServerOn(server.database);
  const [expired] = await receiver.wait(1);
  expect(expired?.json).toMatchObject({
    ...{ type: 'postback.expired', call: null, sequence: null },
    caused_by: { postback_id: json.postback_id },
    postback: { status: 'expired', code: 'call_not_found', webhook_name: 'Tracker' },
  });
  await server.post(waiting, { call_log_id: 'never', converted: 'perhaps' });
  await receiver.wait(2);
  expect(receiver.received.map((one) => one.json.type)).toEqual(['postback.expired', 'postback.rejected']);
  await other.stop();
});

test('a process that starts while another one is at the events of an account tells soon after', async () => {
  const receiver = await startReceiver();
  const database = await createTestDatabase();
  const first = await startTestServerOn(database);
  const webhook = await first.createWebhook();
  await first.api('POST', '/webhooks/outgoing', {
    ...{ name: 'Alerts', url: receiver.url, events: ['attention.raised', 'postback.rejected'] },
  });
  await first.stop();
  const reading = await holdLock(
    database,
    `update outgoing_cursor set attention_at = now() - interval '1 hour'`,
  );
  const next = await startTestServerOn(database);
  await next.post(webhook, { call_log_id: 'none', converted: true });
  // It waits to note that it has read this one: whether it may tell of attention it asked before.
  await expect.poll(() => waitingForLocks(database)).toHaveLength(1);
  await reading.release();
  const events = await receiver.wait(2);
  expect(events.map(({ json }) => json.type).sort()).toEqual(['attention.raised', 'postback.rejected']);
  await next.stop();
  await database.drop();
});
