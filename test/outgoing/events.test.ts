/** What outgoing webhooks tell: every event of a committed change, signed, in order, once. */
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../support/programs/receiver.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const incoming = useWebhook(server);

async function subscribe(receiver: Receiver, events: string[], settings: object = {}) {
  const { status, json } = await server.api('POST', '/webhooks/outgoing', {
    name: 'Receiver',
    url: `${receiver.url}/hook`,
    events,
    ...settings,
  });
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
}

const typesOf = (receiver: Receiver) => receiver.received.map(({ json }) => json.type);

test('an event is signed by Standard Webhooks, and both verifiers accept it', async () => {
  const receiver = await startReceiver();
  const { secret } = await subscribe(receiver, ['call.converted']);
  await server.createCall('signed', { campaign: 'Roofing' });
  const postback = await server.post(incoming, {
    call_log_id: 'signed',
    converted: true,
    revenue_paid_out: '12.50',
  });
  const [request] = await receiver.wait(1);
  expect(request?.headers['content-type']).toBe('application/json');
  const headers = request?.headers as Record<string, string>;
  expect(new StandardWebhook(secret).verify(request?.body ?? '', headers)).toEqual(request?.json);
  expect(new SvixWebhook(secret).verify(request?.body ?? '', headers)).toEqual(request?.json);
  expect(request?.json).toMatchObject({
    id: headers['webhook-id'],
    type: 'call.converted',
    sequence: 1,
    call: { call_log_id: 'signed', campaign: 'Roofing', converted: true, revenue_paid_out: '12.50' },
    changes: { converted: { from: false, to: true }, revenue_paid_out: { from: null, to: '12.50' } },
    caused_by: { postback_id: postback.json.postback_id },
  });
  expect(request?.json.call).toEqual(await server.readCall('signed'));
});

test('every type of event is delivered in order, with the call as it was then', async () => {
  const receiver = await startReceiver();
  await subscribe(receiver, [
    ...[
      'call.created',
      'call.completed',
      'call.converted',
      'call.conversion_removed',
      'call.revenue_changed',
    ],
    ...['call.payout_changed', 'call.payout_held', 'call.payout_released', 'postback.rejected'],
  ]);
  await server.createCall('all', { state: 'live' });
  await server.post(incoming, { call_log_id: 'all', revenue_paid_out: '1' });
  await server.post(incoming, { call_log_id: 'all', revenue_paid_out: '2' });
  await server.api('POST', '/calls/all/complete', {});
  await server.api('PATCH', '/calls/all', { converted: true, publisher_paid_out: '3' });
  await server.post(incoming, { call_log_id: 'all', no_payout_reason: 'Caps exceeded' });
  await server.post(incoming, { call_log_id: 'all', no_payout_reason: null });
  await server.post(incoming, { call_log_id: 'all', converted: false });
  await server.post(incoming, { call_log_id: 'nowhere', converted: false });
  const received = await receiver.wait(10);
  const ofCall = received.filter(({ json }) => json.call !== null);
  expect(ofCall.map(({ json }) => [json.type, json.call.revenue_paid_out])).toEqual([
    ['call.created', null],
    ['call.completed', null],
    ['call.revenue_changed', '1.00'],
    ['call.revenue_changed', '2.00'],
    ['call.converted', '2.00'],
    ['call.payout_changed', '2.00'],
    ['call.payout_held', '2.00'],
    ['call.payout_released', '2.00'],
    ['call.conversion_removed', '2.00'],
  ]);
  expect(ofCall.map(({ json }) => json.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(ofCall.map(({ json }) => json.call.state)).toEqual(['live', ...Array(8).fill('completed')]);
  expect(ofCall[4]?.json.caused_by).toEqual({ user: 'owner' });
  const rejected = received.find(({ json }) => json.type === 'postback.rejected');
  expect(rejected?.json).toMatchObject({ call: null, sequence: null, postback: { code: 'call_not_found' } });
  expect(new Set(received.map(({ json }) => json.id)).size).toBe(10);
});

test('what changes nothing, a dry run and a repeat are no events', async () => {
  const receiver = await startReceiver();
  await server.createCall('quiet');
  await subscribe(receiver, ['call.changed', 'postback.rejected']);
  const update = { call_log_id: 'quiet', reason: 'x', transaction_id: 'quiet-1' };
  await server.post(incoming, { ...update, transaction_id: 'dry', dry_run: true });
  await server.post(incoming, update);
  await server.post(incoming, update);
  await server.post(incoming, { call_log_id: 'quiet', reason: 'x' });
  await server.post(incoming, { call_log_id: 'quiet', reason: 'last' });
  const received = await receiver.wait(2);
  expect(received.map(({ json }) => json.call.reason)).toEqual(['x', 'last']);
});

test('a webhook gets only what is committed after it was made, and after its events were changed', async () => {
  const receiver = await startReceiver();
  await server.createCall('early');
  await server.post(incoming, { call_log_id: 'early', reason: 'before' });
  const { id } = await subscribe(receiver, ['call.created']);
  await server.post(incoming, { call_log_id: 'early', reason: 'not subscribed' });
  await server.api('PATCH', `/webhooks/outgoing/${id}`, { events: ['call.changed'] });
  await server.post(incoming, { call_log_id: 'early', reason: 'after' });
  const received = await receiver.wait(1);
  expect(received.map(({ json }) => json.call.reason)).toEqual(['after']);
});

describe('a filter', () => {
  test.each([
    [{ campaign: ['Roofing'] }, ['a']],
    [{ publisher: ['P1', 'P2'], buyer: ['B2'] }, ['b']],
    [{ tag: 'clickid' }, ['a', 'b']],
    [{ tag: 'clickid:2' }, ['b']],
    [{ campaign: [], publisher: [], buyer: [], tag: null }, ['a', 'b', 'c']],
  ])('%j lets %j through', async (filter, ids) => {
    const receiver = await startReceiver();
    const { id } = await subscribe(receiver, ['call.created', 'call.changed'], { filter });
    const prefix = `${id}-`;
    await server.createCall(`${prefix}a`, {
      campaign: 'Roofing',
      publisher: 'P1',
      buyer: 'B1',
      tags: { clickid: '1' },
    });
    await server.createCall(`${prefix}b`, {
      campaign: 'Solar',
      publisher: 'P2',
      buyer: 'B2',
      tags: { clickid: '2' },
    });
    await server.createCall(`${prefix}c`);
    await server.api('PATCH', `/webhooks/outgoing/${id}`, { filter: {} });
    await server.createCall(`${prefix}end`);
    await expect
      .poll(() => receiver.received.some(({ json }) => json.call.call_log_id === `${prefix}end`))
      .toBe(true);
    const got = receiver.received
      .filter(({ json }) => json.type === 'call.created')
      .map(({ json }) => json.call.call_log_id.slice(prefix.length));
    expect(got.filter((one) => one !== 'end').sort()).toEqual(ids);
  });
});

test('a rotated secret signs beside the old one until that expires', async () => {
  const receiver = await startReceiver();
  const { id, secret } = await subscribe(receiver, ['call.created']);
  const rotated = await server.api('POST', `/webhooks/outgoing/${id}/rotate-secret`, { grace_hours: 1 });
  await server.createCall('rotated-1');
  await receiver.wait(1);
  await server.api('POST', `/webhooks/outgoing/${id}/rotate-secret`, { grace_hours: 0 });
  await server.createCall('rotated-2');
  const [both, alone] = await receiver.wait(2);
  const verify = (key: string, one = both) =>
    new StandardWebhook(key).verify(one?.body ?? '', one?.headers as Record<string, string>);
  expect(verify(secret)).toEqual(both?.json);
  expect(verify(rotated.json.secret)).toEqual(both?.json);
  expect(() => verify(rotated.json.secret, alone)).toThrow();
  const { json } = await server.api('GET', `/webhooks/outgoing/${id}`);
  expect(JSON.stringify(json)).not.toContain('whsec_');
});

test('two webhooks get the same event with the same id, each once', async () => {
  const [one, other] = [await startReceiver(), await startReceiver()];
  await subscribe(one, ['call.converted', 'call.revenue_changed']);
  await subscribe(other, ['call.converted']);
  await server.createCall('twice');
  await server.post(incoming, { call_log_id: 'twice', converted: true, revenue_paid_out: '5' });
  await one.wait(2);
  await other.wait(1);
  expect(typesOf(one)).toEqual(['call.converted', 'call.revenue_changed']);
  expect(one.received[0]?.json.id).toBe(other.received[0]?.json.id);
});
