/** Postbacks of each webhook over time, and what it rejected. */
import { beforeAll, describe, expect, test } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let busy: TestWebhook;
let idle: TestWebhook;

beforeAll(async () => {
  busy = await server.createWebhook();
  idle = await server.createWebhook('update_tags');
  await server.createCall('C1');
  await server.createCall('L1', { state: 'live' });
  await server.post(busy, { call_log_id: 'C1', reason: 'x', transaction_id: 't' });
  await server.post(busy, { call_log_id: 'C1', reason: 'x', transaction_id: 't' }); // a repeat
  await server.post(busy, { call_log_id: 'C1', reason: 'x' });
  await server.post(busy, { call_log_id: 'L1', reason: 'x' });
  await server.post(busy, { call_log_id: 'missing', reason: 'x' });
  await server.post(busy, { call_log_id: 'missing', reason: 'x' });
  await server.post(busy, { call_log_id: 'C1', revenue_paid_out: '$1' });
  await server.post(busy, { call_log_id: 'missing', reason: 'x', dry_run: true });
});

describe('activity', () => {
  test('counts each webhook’s postbacks by hour and first outcome, without repeats and dry runs', async () => {
    const { status, json } = await server.api('GET', '/webhooks/activity?hours=2');
    expect(status).toBe(200);
    const [before, now] = json.hours.map(Date.parse);
    expect(now - before).toBe(3_600_000);
    expect(now % 3_600_000).toBe(0);
    const of = (id: string) => json.items.find((item: { webhook_id: string }) => item.webhook_id === id);
    const total = of(busy.id).counts.reduce(
      (sum: Record<string, number>, hour: Record<string, number>) =>
        Object.fromEntries(Object.entries(hour).map(([name, count]) => [name, (sum[name] ?? 0) + count])),
      {},
    );
    expect(total).toEqual({
      applied: 1,
      unchanged: 1,
      queued: 1,
      waiting: 0,
      created: 0,
      kept: 0,
      rejected: 3,
    });
    const logged = (await server.api('GET', `/postbacks?webhook_id=${busy.id}&limit=1`)).json.items[0];
    expect(of(busy.id).last_postback_at).toBe(logged.received_at);
    const none = { applied: 0, unchanged: 0, queued: 0, waiting: 0, created: 0, kept: 0, rejected: 0 };
    expect(of(idle.id)).toEqual({ webhook_id: idle.id, last_postback_at: null, counts: [none, none] });
  });

  test('is of one webhook when asked for one, and of no other account', async () => {
    const { json } = await server.api('GET', `/webhooks/activity?webhook_id=${idle.id}`);
    expect(json.hours).toHaveLength(24);
    expect(json.items).toHaveLength(1);
    const { server: other } = await addAccount(server, 'Other');
    expect((await other.api('GET', '/webhooks/activity')).json.items).toEqual([]);
    expectProblem(await other.api('GET', `/webhooks/incoming/${busy.id}/rejections`), 404, 'not_found');
  });

  test('says what is wrong with its query', async () => {
    for (const query of ['hours=0', 'hours=169', 'hours=x', 'webhook_id=x', 'hour=1'])
      expect((await server.api('GET', `/webhooks/activity?${query}`)).status, query).toBe(422);
  });
});

test('rejections are counted by code, most frequent first, with the detail of the last one', async () => {
  const { status, json } = await server.api('GET', `/webhooks/incoming/${busy.id}/rejections`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    is_more: false,
    items: [
      { code: 'call_not_found', count: 2, last: { detail: expect.stringContaining('No call has this') } },
      { code: 'invalid_value', count: 1, last: { detail: expect.stringContaining('plain decimal') } },
    ],
  });
  const { id, at } = { id: json.items[0].last.postback_id, at: json.items[0].last.at };
  expect((await server.api('GET', `/postbacks/${id}`)).json).toMatchObject({
    code: 'call_not_found',
    received_at: at,
  });
  expect((await server.api('GET', `/webhooks/incoming/${idle.id}/rejections`)).json).toEqual({
    items: [],
    is_more: false,
  });
});
