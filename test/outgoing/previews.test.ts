/** What would be sent, and a real attempt with a made-up event (docs/outgoing.md#templates). */
import { expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { startReceiver } from '../support/programs/receiver.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const incoming = useWebhook(server);

const create = async (settings: object) => {
  const body = { name: 'Receiver', events: ['call.converted'], ...settings };
  const { status, json } = await server.api('POST', '/webhooks/outgoing', body);
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
};
const template = (url: string, settings: object = {}) => ({
  ...{ method: 'GET', format: 'template', url: `${url}/p?cid=[TAG.clickid]&id=[EVENT_ID]` },
  ...settings,
});
const render = (id: string, body: object) => server.api('POST', `/webhooks/outgoing/${id}/render`, body);

test('render shows a past event by each of its ids, as it was sent, and sends nothing', async () => {
  const receiver = await startReceiver();
  const { id } = await create({ url: receiver.url });
  await server.createCall('R1', { tags: { clickid: 'a b' } });
  const { json: postback } = await server.post(incoming, { call_log_id: 'R1', converted: true });
  const [sent] = await receiver.wait(1);
  const { items } = (await server.api('GET', `/deliveries?webhook_id=${id}`)).json;
  const expected = { method: 'POST', event_id: sent?.headers['webhook-id'], is_made_up: false };
  for (const asked of [
    { event_id: items[0].event_id },
    { delivery_id: items[0].id },
    { postback_id: postback.postback_id },
    { call_log_id: 'R1' },
  ]) {
    const { status, json } = await render(id, asked);
    expect({ asked, status, json }).toMatchObject({ asked, status: 200, json: expected });
    expect(JSON.parse(json.body)).toEqual(sent?.json);
    expect(Object.keys(json.headers)).toEqual(expect.arrayContaining(['webhook-id', 'webhook-signature']));
  }
  expect(receiver.received).toHaveLength(1);
});

test('render shows a later event of a call as it was sent, also once the call has changed', async () => {
  const receiver = await startReceiver();
  const { id } = await create({ url: receiver.url, events: ['call.revenue_changed'] });
  await server.createCall('R3');
  const revenue = (amount: string) => server.post(incoming, { call_log_id: 'R3', revenue_paid_out: amount });
  await revenue('1');
  const { json: postback } = await revenue('2');
  await revenue('3');
  const sent = (await receiver.wait(3))[1]?.json;
  expect(sent).toMatchObject({ sequence: 2, call: { revenue_paid_out: '2.00' } });
  for (const asked of [{ event_id: sent.id }, { postback_id: postback.postback_id }]) {
    const { json } = await render(id, asked);
    expect({ asked, body: JSON.parse(json.body) }).toEqual({ asked, body: sent });
  }
});

test('render takes settings that are not saved, and a made-up event where none is named', async () => {
  const receiver = await startReceiver();
  const { id } = await create({ url: receiver.url });
  const settings = template(receiver.url);
  const made = { is_made_up: true, method: 'GET', body: null };
  expect((await render(id, { settings })).json).toMatchObject(made);
  const body = { settings: { ...settings, events: ['call.converted'] }, call_log_id: 'R1' };
  const unsaved = await server.api('POST', '/webhooks/outgoing/render', body);
  expect(unsaved.json.url).toMatch(/\/p\?cid=a%20b&id=evt_[0-9a-f]{32}_converted$/);
  expect((await server.api('GET', `/webhooks/outgoing/${id}`)).json.format).toBe('event');
  expect(receiver.received).toEqual([]);
});

test('what would be skipped says so, in a preview and in a test', async () => {
  const receiver = await startReceiver();
  const { id } = await create(template(receiver.url, { empty: 'skip' }));
  await server.createCall('R2', { converted: true });
  const rendered = await render(id, { call_log_id: 'R2' });
  expect(rendered.status).toBe(200);
  expect(rendered.json).toEqual({
    ...{ event_id: expect.any(String), is_made_up: false, skipped: expect.stringContaining('TAG.clickid') },
  });
  const patch = { url: `${receiver.url}/p?x=[TAG.nowhere]` };
  await server.api('PATCH', `/webhooks/outgoing/${id}`, patch);
  const tested = await server.api('POST', `/webhooks/outgoing/${id}/test`);
  expect(tested.status).toBe(200);
  expect(tested.json).toEqual({
    ...{ delivered: false, event_id: expect.any(String), skipped: expect.stringContaining('TAG.nowhere') },
  });
  expect(receiver.received).toEqual([]);
});

test('a test is one real attempt with a made-up event, and no delivery', async () => {
  const receiver = await startReceiver();
  const { id } = await create({ url: receiver.url });
  receiver.answer((_request, response) => void response.writeHead(500).end('no'));
  const { status, json } = await server.api('POST', `/webhooks/outgoing/${id}/test`, {
    event: 'call.payout_held',
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ delivered: false, status: 500, response: 'no', request: { method: 'POST' } });
  expect(receiver.received.map((one) => one.json.type)).toEqual(['call.payout_held']);
  expect((await server.api('GET', `/deliveries?webhook_id=${id}`)).json.items).toEqual([]);
});

test('an event that is not there is not found', async () => {
  const { id } = await create({ url: (await startReceiver()).url });
  const unknown = '0199aaaa-0000-7000-8000-000000000001';
  for (const asked of [
    { event_id: 'x' },
    { event_id: `evt_${unknown.replaceAll('-', '')}_converted` },
    { delivery_id: unknown },
    { postback_id: unknown },
    { call_log_id: 'missing' },
  ])
    expectProblem(await render(id, asked), 404, 'not_found');
  expectProblem(await render(unknown, {}), 404, 'not_found');
});
