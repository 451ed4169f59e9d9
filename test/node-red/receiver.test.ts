/** Node-RED's `http in` as a receiver of events: its flow verifies, answers, fails once, and keeps what it took. */
import { expect, test } from 'vitest';
import { useServer, useWebhook } from '../support/server.ts';
import { type FlowNode, startNodeRed } from './node-red.ts';

const server = useServer();
const incoming = useWebhook(server);

/** Verifies as the documentation says, on the body as it came; the first request of each event is answered 503. */
const receive = `
const [id, at, given] = ['id', 'timestamp', 'signature'].map((name) => msg.req.headers['webhook-' + name]);
const raw = msg.req.body instanceof Buffer ? msg.req.body.toString() : String(msg.payload);
const crypto = global.get('crypto');
const sign = (secret) => 'v1,' + crypto.createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
  .update(id + '.' + at + '.' + raw).digest('base64');
const seen = flow.get('seen') || {};
const taken = flow.get('taken') || [];
const isFirst = seen[id] === undefined;
seen[id] = true;
flow.set('seen', seen);
msg.statusCode = isFirst ? 503 : 204;
if (!isFirst) taken.push({ id, isGenuine: given.split(' ').includes(sign(flow.get('secret'))), event: JSON.parse(raw) });
flow.set('taken', taken);
msg.payload = '';
return msg;`;

const flow: FlowNode[] = [
  // Without a separate parser the node hands on the body as it came.
  { name: 'hook', type: 'http in', url: '/hook', method: 'post', skipBodyParsing: true, to: ['receive'] },
  { name: 'receive', type: 'function', func: receive, outputs: 1, to: ['answer'] },
  { name: 'answer', type: 'http response' },
  { name: 'secret', type: 'http in', url: '/secret', method: 'get', to: ['keep'] },
  {
    ...{ name: 'keep', type: 'function', outputs: 1, to: ['kept'] },
    func: `flow.set('secret', msg.req.query.secret); msg.payload = ''; return msg;`,
  },
  { name: 'kept', type: 'http response' },
  { name: 'read', type: 'http in', url: '/taken', method: 'get', to: ['list'] },
  {
    ...{ name: 'list', type: 'function', outputs: 1, to: ['listed'] },
    func: `msg.payload = flow.get('taken') || []; return msg;`,
  },
  { name: 'listed', type: 'http response' },
];

type Taken = { id: string; isGenuine: boolean; event: { type: string; sequence: number; call: object } };

test('events arrive signed, once after deduplication, and in the order of their call, though each first attempt fails', async () => {
  const nodeRed = await startNodeRed(flow);
  const { json: webhook } = await server.api('POST', '/webhooks/outgoing', {
    ...{ name: 'Node-RED', url: `${nodeRed}/hook`, events: ['call.converted', 'call.revenue_changed'] },
  });
  await fetch(`${nodeRed}/secret?${new URLSearchParams({ secret: webhook.secret })}`);
  await server.createCall('red');
  for (const revenue_paid_out of [1, 2, 3])
    await server.post(incoming, { call_log_id: 'red', revenue_paid_out, reason: 'Größe', converted: true });
  const taken = async (): Promise<Taken[]> => {
    // As if the wait after each failure had passed.
    await server.database.query(
      `update delivery set next_attempt_at = now() where status = 'pending' and lease_id is null`,
    );
    return (await fetch(`${nodeRed}/taken`)).json() as Promise<Taken[]>; // as the flow answers
  };
  await expect.poll(async () => (await taken()).length, { interval: 200 }).toBe(4);
  const all = await taken();
  expect(all.map(({ isGenuine }) => isGenuine)).toEqual([true, true, true, true]);
  expect(new Set(all.map(({ id }) => id)).size).toBe(4);
  expect(all.map(({ event }) => [event.type, event.sequence])).toEqual([
    ['call.converted', 1],
    ['call.revenue_changed', 2],
    ['call.revenue_changed', 3],
    ['call.revenue_changed', 4],
  ]);
  expect(all.at(-1)?.event.call).toMatchObject({ revenue_paid_out: '3.00', reason: 'Größe' });
  const list = async () =>
    (await server.api('GET', `/deliveries?webhook_id=${webhook.id}&status=delivered`)).json.items;
  await expect.poll(async () => (await list()).length).toBe(4);
  const statuses = (await list()).map(({ attempts }: { attempts: { status: number }[] }) =>
    attempts.map(({ status }) => status),
  );
  expect(statuses).toEqual(Array.from({ length: 4 }, () => [503, 204]));
});
