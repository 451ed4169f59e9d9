/** How outgoing webhooks deliver: order, retries, pauses, replays, and the log of it all. */
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { type Receiver, startReceiver } from '../support/programs/receiver.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const incoming = useWebhook(server);

let made = 0;
/** Each postback changes the revenue, which is an event. */
let amount = 0;

/** A webhook for a separate campaign, so that tests do not meet. */
async function subscribe(receiver: Receiver, settings: object = {}) {
  made += 1;
  const campaign = `campaign ${made}`;
  const { json } = await server.api('POST', '/webhooks/outgoing', {
    ...{
      name: campaign,
      url: receiver.url,
      events: ['call.created', 'call.revenue_changed'],
      filter: { campaign: [campaign] },
    },
    ...settings,
  });
  expect(json.id, JSON.stringify(json)).toBeDefined();
  const createCall = (id: string) => server.createCall(`${campaign} ${id}`, { campaign });
  const say = (id: string, reason: string) => {
    amount += 1;
    return server.post(incoming, { call_log_id: `${campaign} ${id}`, reason, revenue_paid_out: amount });
  };
  return { id: json.id as string, campaign, createCall, say };
}

const deliveriesOf = async (id: string, query = '') =>
  (await server.api('GET', `/deliveries?webhook_id=${id}${query}`)).json.items;
/** As if the time of the next attempt had come. */
const skipWaits = (id: string) =>
  server.database.query(
    `update delivery set next_attempt_at = now() where webhook_id = $1 and status = 'pending' and lease_id is null`,
    [id],
  );
const reasonsOf = (receiver: Receiver) => receiver.received.map(({ json }) => json.call.reason);
const patch = (id: string, body: object) => server.api('PATCH', `/webhooks/outgoing/${id}`, body);

async function countTriedAgain(): Promise<number> {
  const { text } = await server.request('/metrics');
  return Number(/ringback_deliveries_total\{result="pending"\} (\d+)/.exec(text)?.[1]);
}

/** A receiver that is told of webhooks that are disabled. */
async function startAlarm() {
  const receiver = await startReceiver();
  const events = ['webhook.disabled'];
  await server.api('POST', '/webhooks/outgoing', { name: 'alarm', url: receiver.url, events });
  return receiver;
}

test('the next event of a call waits for the one before; other calls go on', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver);
  receiver.answer(({ json }, response) => {
    response.writeHead(json.call.call_log_id.endsWith('stuck') ? 500 : 200).end();
  });
  await webhook.createCall('stuck');
  await webhook.say('stuck', 'one');
  await webhook.say('stuck', 'two');
  await webhook.createCall('free');
  await webhook.say('free', 'three');
  await webhook.say('free', 'four');
  await receiver.wait(4);
  expect(new Set(reasonsOf(receiver))).toEqual(new Set([null, 'three', 'four']));
  const stuck = (await deliveriesOf(webhook.id)).filter((one: { call_log_id: string }) =>
    /stuck/.test(one.call_log_id),
  );
  expect(
    stuck.map((one: { status: string; attempts: unknown[] }) => [one.status, one.attempts.length]),
  ).toEqual([
    ['pending', 0],
    ['pending', 0],
    ['pending', 1],
  ]);
  receiver.answer((_received, response) => response.end());
  await skipWaits(webhook.id);
  await receiver.wait(7);
  const ofStuck = receiver.received.filter(({ json }) => /stuck/.test(json.call.call_log_id));
  expect(ofStuck.map(({ json }) => json.call.reason)).toEqual([null, null, 'one', 'two']);
  expect(ofStuck[0]?.headers['webhook-id']).toBe(ofStuck[1]?.headers['webhook-id']);
});

test('a failed delivery is tried again on its schedule, eight times in all, and every attempt is in the log', async () => {
  const receiver = await startReceiver();
  receiver.answer((_received, response) => void response.writeHead(503).end('x'.repeat(5_000)));
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    await receiver.wait(attempt);
    await expect.poll(async () => (await deliveriesOf(webhook.id))[0].attempts.length).toBe(attempt);
    const [{ next_attempt_at: next, attempts }] = await deliveriesOf(webhook.id);
    if (next !== null) waits.push((Date.parse(next) - Date.parse(attempts.at(-1).at)) / 1_000);
    await skipWaits(webhook.id);
  }
  const [delivery] = await deliveriesOf(webhook.id);
  expect(delivery).toMatchObject({ status: 'failed', next_attempt_at: null });
  expect(delivery.attempts[0]).toMatchObject({
    status: 503,
    response: 'x'.repeat(2_048),
    ms: expect.any(Number),
  });
  const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
  expect(waits).toHaveLength(schedule.length);
  for (const [at, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(schedule[at] ?? 0);
    expect(wait).toBeLessThan((schedule[at] ?? 0) * 1.1 + 2);
  }
  expect(receiver.received).toHaveLength(8);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('the first retry comes automatically after 5 seconds', async () => {
  const receiver = await startReceiver();
  receiver.answer((_received, response) => void response.writeHead(500).end());
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  const [first] = await receiver.wait(1);
  receiver.answer((_received, response) => response.end());
  const [, second] = await receiver.wait(2);
  const waitedMs = (second?.at ?? 0) - (first?.at ?? 0);
  expect(waitedMs).toBeGreaterThan(4_900);
  expect(waitedMs).toBeLessThan(9_000);
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].status).toBe('delivered');
});

test.each([
  ['120', 120],
  [new Date(Date.now() + 200_000).toUTCString(), 195],
  ['999999999', 86_400],
  ['soon', 5],
])('Retry-After: %s is honored', async (header, seconds) => {
  const receiver = await startReceiver();
  receiver.answer((_received, response) => void response.writeHead(429, { 'retry-after': header }).end());
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0]?.attempts.length).toBe(1);
  const [{ next_attempt_at: next, attempts }] = await deliveriesOf(webhook.id);
  const waited = (Date.parse(next) - Date.parse(attempts[0].at)) / 1_000;
  expect(waited).toBeGreaterThanOrEqual(seconds - 20 * Number(header.includes('GMT')));
  expect(waited).toBeLessThan(seconds * 1.1 + 25);
});

test('410 pauses the webhook, tells the others, and nothing is lost', async () => {
  const receiver = await startReceiver();
  const alarm = await startAlarm();
  receiver.answer((_received, response) => void response.writeHead(410).end());
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  await expect
    .poll(async () => (await server.api('GET', `/webhooks/outgoing/${webhook.id}`)).json)
    .toMatchObject({ paused: true, paused_reason: 'gone', pending: 1 });
  const [told] = await alarm.wait(1);
  expect(told?.json).toMatchObject({
    type: 'webhook.disabled',
    webhook: { id: webhook.id, name: webhook.campaign },
  });
  receiver.answer((_received, response) => response.end());
  await patch(webhook.id, { paused: false });
  await receiver.wait(2);
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].status).toBe('delivered');
});

test('410 to an attempt whose delivery another process has taken pauses nothing', async () => {
  const receiver = await startReceiver();
  const held: ServerResponse[] = [];
  receiver.answer((_received, response) => {
    if (held.length === 0) held.push(response);
    else response.end();
  });
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  await receiver.wait(1);
  await server.database.query(
    'update delivery set lease_id = null, next_attempt_at = now() where webhook_id = $1',
    [webhook.id],
  );
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].status).toBe('delivered');
  const before = await countTriedAgain();
  held[0]?.writeHead(410).end();
  await expect.poll(countTriedAgain).toBe(before + 1);
  await webhook.say('a', 'next');
  await expect
    .poll(async () => (await deliveriesOf(webhook.id)).map((one: { status: string }) => one.status))
    .toEqual(['delivered', 'delivered']); // recorded after the other one
  expect((await server.api('GET', `/webhooks/outgoing/${webhook.id}`)).json.paused).toBe(false);
});

test('five days of nothing but failures pause the webhook; one success before that does not', async () => {
  const receiver = await startReceiver();
  const alarm = await startAlarm();
  receiver.answer((_received, response) => void response.writeHead(500).end());
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  const read = async () => (await server.api('GET', `/webhooks/outgoing/${webhook.id}`)).json;
  await expect.poll(async () => (await read()).failing_since).not.toBeNull();
  const age = (days: number) =>
    server.database.query(
      'update outgoing_webhook set failing_since = now() - make_interval(hours => $2) where webhook_id = $1',
      [webhook.id, days * 24 + 1],
    );
  await age(4);
  await skipWaits(webhook.id);
  await receiver.wait(2);
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].attempts.length).toBe(2);
  expect(await read()).toMatchObject({ paused: false });
  await age(5);
  const attention = async () => (await server.api('GET', '/overview/attention')).json.items;
  expect((await attention()).map((item: { kind: string }) => item.kind)).toContain('outgoing_failing');
  await skipWaits(webhook.id);
  await expect.poll(read).toMatchObject({ paused: true, paused_reason: 'failing' });
  expect((await alarm.wait(1))[0]?.json.webhook.reason).toMatch(/5 days/);
  expect(await attention()).toContainEqual(
    expect.objectContaining({ kind: 'outgoing_failing', webhook_id: webhook.id, paused: true }),
  );
  await webhook.createCall('b');
  await expect.poll(async () => (await read()).pending).toBe(2);
  receiver.answer((_received, response) => response.end());
  expect((await patch(webhook.id, { paused: false, resume: 'all' })).json).toMatchObject({
    failing_since: null,
  });
  await expect.poll(async () => (await read()).pending).toBe(0);
});

describe('what was stored while a webhook was paused is', () => {
  test.each([
    ['all', ['a1', 'a2', 'b1']],
    ['newest', ['a2', 'b1']],
    ['none', []],
  ])('with resume %s sent as %j', async (resume, expected) => {
    const receiver = await startReceiver();
    const webhook = await subscribe(receiver);
    await webhook.createCall('a');
    await webhook.createCall('b');
    await receiver.wait(2);
    expect((await patch(webhook.id, { paused: true })).json).toMatchObject({
      paused: true,
      paused_reason: 'by_hand',
    });
    await webhook.say('a', 'a1');
    await webhook.say('a', 'a2');
    await webhook.say('b', 'b1');
    await expect
      .poll(async () => (await server.api('GET', `/webhooks/outgoing/${webhook.id}`)).json.pending)
      .toBe(3);
    expect((await patch(webhook.id, { paused: false, resume })).json).toMatchObject({ paused: false });
    await webhook.say('a', 'end');
    await expect.poll(() => reasonsOf(receiver).includes('end')).toBe(true);
    await expect.poll(() => receiver.received.length).toBe(3 + expected.length);
    const got = reasonsOf(receiver)
      .slice(2)
      .filter((reason) => reason !== 'end');
    expect(got.filter((reason) => reason.startsWith('a'))).toEqual(
      expected.filter((one) => one.startsWith('a')),
    );
    expect(got.sort()).toEqual(expected);
  });

  test('not resumed without paused false', async () => {
    const webhook = await subscribe(await startReceiver());
    expectProblem(await patch(webhook.id, { resume: 'all' }), 422, 'conflicting_field');
  });
});

test('order newest: of several events that wait for a call only the newest is sent, with all that changed since', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver, { order: 'newest' });
  await webhook.createCall('a');
  await receiver.wait(1);
  receiver.answer((_received, response) => void response.writeHead(500).end());
  await webhook.say('a', 'one');
  await receiver.wait(2);
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].attempts.length).toBe(1);
  await patch(webhook.id, { paused: true });
  await webhook.say('a', 'two');
  await server.api('PATCH', `/calls/${encodeURIComponent(`${webhook.campaign} a`)}`, {
    converted: true,
    reason: 'three',
    revenue_paid_out: '1000.5',
  });
  await expect.poll(async () => (await deliveriesOf(webhook.id)).length).toBe(4);
  receiver.answer((_received, response) => response.end());
  await patch(webhook.id, { paused: false });
  const received = await receiver.wait(3);
  expect(received[2]?.json).toMatchObject({
    sequence: 4,
    call: { reason: 'three', converted: true },
    changes: { reason: { from: null, to: 'three' }, converted: { from: false, to: true } },
  });
  await expect
    .poll(async () => (await deliveriesOf(webhook.id)).map(({ status }: { status: string }) => status))
    .toEqual(['delivered', 'superseded', 'superseded', 'delivered']);
  expect(receiver.received).toHaveLength(3);
});

test('order newest: every attempt tells the same, also of what changed and changed back', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver, { order: 'newest', events: ['call.changed'] });
  await webhook.createCall('a');
  await receiver.wait(1);
  await patch(webhook.id, { paused: true });
  const call = `/calls/${encodeURIComponent(`${webhook.campaign} a`)}/complete`;
  expect((await server.api('POST', call)).status).toBe(200);
  await receiver.wait(1);
  const change = (body: object) => server.api('PATCH', call.replace(/\/complete$/, ''), body);
  await change({ converted: true, add: { old: '1' } });
  await change({ converted: false, remove: ['old'], reason: 'one' });
  await expect.poll(async () => (await deliveriesOf(webhook.id)).length).toBe(4);
  receiver.answer((_received, response) => void response.writeHead(500).end());
  await patch(webhook.id, { paused: false });
  await receiver.wait(2);
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].attempts.length).toBe(1);
  receiver.answer((_received, response) => response.end());
  await skipWaits(webhook.id);
  const [, first, second] = await receiver.wait(3);
  expect(second?.body).toBe(first?.body);
  expect(Object.keys(second?.json.changes)).not.toContain('converted');
});

test('order newest: what was skipped or discarded is part of what changed since the last one that was delivered', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver, {
    ...{ order: 'newest', events: ['call.revenue_changed'], format: 'template', empty: 'skip' },
    body: '{"at":"[TAG.click]","from":"[FROM.revenue_paid_out|default:none]","to":"[TO.revenue_paid_out]"}',
  });
  await webhook.createCall('a');
  const change = (body: object) =>
    server.api('PATCH', `/calls/${encodeURIComponent(`${webhook.campaign} a`)}`, body);
  await server.api('POST', `/calls/${encodeURIComponent(`${webhook.campaign} a`)}/complete`);
  await change({ revenue_paid_out: '1' });
  await expect.poll(async () => (await deliveriesOf(webhook.id, '&status=skipped')).length).toBe(1);
  await patch(webhook.id, { paused: true });
  await change({ revenue_paid_out: '2' });
  await expect.poll(async () => (await deliveriesOf(webhook.id, '&status=pending')).length).toBe(1);
  await patch(webhook.id, { paused: false, resume: 'none' });
  await change({ revenue_paid_out: '3', add: { click: 'x' } });
  await receiver.wait(1);
  expect(receiver.received.map(({ json }) => json)).toEqual([{ at: 'x', from: 'none', to: '3.00' }]);
});

test('max_per_minute spreads deliveries evenly', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver, { max_per_minute: 300 });
  const start = Date.now();
  await Promise.all(Array.from({ length: 12 }, (_one, at) => webhook.createCall(`c${at}`)));
  const received = await receiver.wait(12);
  const times = received.map(({ at }) => at).sort((one, other) => one - other);
  expect((times[11] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(11 * 200 - 150);
  expect(Date.now() - start).toBeLessThan(15_000);
});

test('one delivery, and those of a period, are replayed with their ids; it is audited', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver);
  const from = new Date(Date.now() - 1_000).toISOString();
  await webhook.createCall('a');
  await webhook.say('a', 'one');
  await receiver.wait(2);
  await expect.poll(async () => (await deliveriesOf(webhook.id, '&status=delivered')).length).toBe(2);
  const [last] = await deliveriesOf(webhook.id);
  const replay = await server.api('POST', `/deliveries/${last.id}/replay`);
  expect(replay.status).toBe(202);
  const received = await receiver.wait(3);
  expect(received[2]?.headers['webhook-id']).toBe(last.event_id);
  expect(received[2]?.body).toBe(received[1]?.body);
  await expect.poll(async () => (await deliveriesOf(webhook.id))[0].attempts.length).toBe(2);
  const range = await server.api('POST', `/webhooks/outgoing/${webhook.id}/replay`, {
    from,
    status: 'delivered',
  });
  expect(range.json).toEqual({ replayed: 2 });
  await receiver.wait(5);
  expect(reasonsOf(receiver).slice(3)).toEqual([null, 'one']);
  const audit = await server.api('GET', `/audit?target_id=${webhook.id}`);
  expect(audit.json.items.map(({ action }: { action: string }) => action)).toEqual([
    'outgoing_webhook.replayed',
    'outgoing_webhook.replayed',
    'outgoing_webhook.created',
  ]);
  expectProblem(await server.api('POST', `/deliveries/${webhook.id}/replay`), 404, 'not_found');
});

test('deliveries are listed by webhook, status, event, call and time, and are on the timeline of their call', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver, { events: ['call.created', 'call.completed'] });
  await webhook.createCall('a');
  await receiver.wait(2);
  await expect.poll(async () => (await deliveriesOf(webhook.id, '&status=delivered')).length).toBe(2);
  const call = encodeURIComponent(`${webhook.campaign} a`);
  expect(await deliveriesOf(webhook.id, '&event=call.created')).toHaveLength(1);
  expect(await deliveriesOf(webhook.id, `&call_log_id=${call}`)).toHaveLength(2);
  expect(await deliveriesOf(webhook.id, '&status=failed')).toEqual([]);
  expect(await deliveriesOf(webhook.id, `&from=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const days = `&from=${dayOf(Date.now() - 86_400_000)}&to=${dayOf(Date.now())}`;
  expect(await deliveriesOf(webhook.id, days)).toHaveLength(2);
  expect(await deliveriesOf(webhook.id, '&to=2026-01-01')).toEqual([]);
  const page = await server.api('GET', `/deliveries?webhook_id=${webhook.id}&limit=1`);
  const rest = await server.api(
    'GET',
    `/deliveries?webhook_id=${webhook.id}&cursor=${page.json.next_cursor}`,
  );
  expect(rest.json.items).toHaveLength(1);
  const { json: timeline } = await server.api('GET', `/calls/${call}/timeline`);
  const items = timeline.items.filter(({ kind }: { kind: string }) => kind === 'delivery');
  expect(items).toHaveLength(2);
  expect(items[0]).toMatchObject({
    by: webhook.campaign,
    status: 'delivered',
    event: 'call.created',
    attempts: 1,
  });
  const detail = await server.api('GET', `/deliveries/${items[0].delivery_id}`);
  expect(detail.json.payload).toEqual(receiver.received[0]?.json);
});

test('a deleted webhook gets nothing more, and its deliveries stay in the log', async () => {
  const receiver = await startReceiver();
  const webhook = await subscribe(receiver);
  await webhook.createCall('a');
  await expect.poll(async () => (await deliveriesOf(webhook.id, '&status=delivered')).length).toBe(1);
  expect((await server.api('DELETE', `/webhooks/outgoing/${webhook.id}`)).status).toBe(204);
  await webhook.say('a', 'gone');
  expectProblem(await server.api('GET', `/webhooks/outgoing/${webhook.id}`), 404, 'not_found');
  expect(await deliveriesOf(webhook.id)).toHaveLength(1);
  expect(receiver.received).toHaveLength(1);
});
