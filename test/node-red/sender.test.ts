/** Node-RED's own request node as a sender: its forms and its JSON, read through mappings. Run by `npm run test:node-red`. */
import { expect, test } from 'vitest';
import { type TestWebhook, useServer } from '../support/server.ts';
import { type FlowNode, startNodeRed } from './node-red.ts';

const server = useServer();

/** POST to /send is sent on to Ringback as the request node sends it; Ringback's response comes back. */
function senderFlow(webhook: TestWebhook, request: object = {}, headers: object = {}): FlowNode[] {
  return [
    { name: 'in', type: 'http in', url: '/send', method: 'post', to: ['headers'] },
    {
      name: 'headers',
      type: 'function',
      func: `msg.headers = ${JSON.stringify(headers)}; return msg;`,
      outputs: 1,
      to: ['ringback'],
    },
    {
      name: 'ringback',
      type: 'http request',
      method: 'POST',
      ret: 'obj',
      url: `${server.url}${new URL(webhook.url).pathname}${new URL(webhook.url).search}`,
      to: ['out'],
      ...request,
    },
    { name: 'out', type: 'http response' },
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: responses of several shapes
async function send(nodeRed: string, payload: unknown): Promise<any> {
  const response = await fetch(`${nodeRed}/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  return response.json();
}

const trackerMapping = {
  fields: {
    call_log_id: 'click_id',
    revenue_paid_out: { from: 'payout', as: 'money', currency: '$', thousands: ',' },
    converted: { from: 'status', words: { sold: true, returned: false } },
    transaction_id: { from: ['click_id', 'status'], join: '-' },
    'add.offer': 'offer',
  },
};

test.each([
  ['form', {}, { 'content-type': 'application/x-www-form-urlencoded' }],
  ['multipart', {}, { 'content-type': 'multipart/form-data' }],
  ['query', { method: 'GET', paytoqs: 'query' }, {}],
  ['GET with a body', { method: 'GET', paytoqs: 'body' }, {}],
])('a %s in the words of a tracker sets amount, conversion and tag', async (kind, request, headers) => {
  const id = `red-${kind}`;
  await server.createCall(id);
  const webhook = await server.createWebhook('update_fields', { mapping: trackerMapping });
  const nodeRed = await startNodeRed(senderFlow(webhook, request, headers));
  const payload = { click_id: id, payout: '$1,250.50', status: 'Sold', offer: 'Größe & Dach' };
  expect(await send(nodeRed, payload)).toMatchObject({ status: 'applied', call_log_id: id });
  expect(await server.readCall(id)).toMatchObject({
    converted: true,
    revenue_paid_out: '1250.50',
    tags: { offer: 'Größe & Dach' },
  });
  expect(await send(nodeRed, payload)).toMatchObject({ status: 'applied', duplicate: true });
});

test('nested JSON with a list of records sets each call', async () => {
  for (const id of ['nested-1', 'nested-2']) await server.createCall(id);
  const webhook = await server.createWebhook('update_fields', {
    mapping: {
      each: '/result/sales',
      only_when: [{ from: '/event', in: ['sales'] }],
      fields: {
        call_log_id: '/call/ref',
        revenue_paid_out: { from: '/amount/value', as: 'money' },
        reason: '/buyer/name',
      },
    },
  });
  const nodeRed = await startNodeRed(senderFlow(webhook));
  const sale = (ref: string, value: unknown) => ({
    call: { ref },
    amount: { value, currency: 'USD' },
    buyer: { name: 'Acme' },
  });
  const sales = [sale('nested-1', 19.99), sale('nested-2', '7.5'), sale('nested-3', 1)];
  expect(await send(nodeRed, { event: 'sales', result: { sales } })).toMatchObject({
    summary: { applied: 2, rejected: 1 },
    results: [{ status: 'applied' }, { status: 'applied' }, { code: 'call_not_found' }],
  });
  expect(await server.readCall('nested-1')).toMatchObject({ revenue_paid_out: '19.99', reason: 'Acme' });
  expect(await server.readCall('nested-2')).toMatchObject({ revenue_paid_out: '7.50' });
  expect(await send(nodeRed, { event: 'ping' })).toEqual({ status: 'ignored' });
});

test('nested JSON of a telephone system becomes a call', async () => {
  const webhook = await server.createWebhook('calls', {
    mapping: {
      fields: {
        call_log_id: '/call/uuid',
        phone_number: '/call/caller/number',
        state: { value: 'completed' },
        end_status: { from: '/call/result', words: { ok: 'answered', none: 'no-answer' } },
        started_at: { from: '/call/times/0', as: 'time', format: 'unix' },
        ended_at: { from: '/call/times/1', as: 'time', format: 'unix' },
      },
    },
  });
  const nodeRed = await startNodeRed(senderFlow(webhook));
  const call = {
    uuid: 'red-call',
    caller: { number: '+12135550142' },
    result: 'OK',
    times: [1795428000, 1795428060],
  };
  expect(await send(nodeRed, { call })).toMatchObject({ status: 'created', call_log_id: 'red-call' });
  expect(await server.readCall('red-call')).toMatchObject({
    phone_number: '+12135550142',
    end_status: 'answered',
    duration_seconds: 60,
  });
});
