/** The same rejected request, sent for a day, is one row of the log (docs/senders.md#what-to-send-again). */
import { beforeAll, expect, test } from 'vitest';
import { holdLock } from '../../support/database.ts';
import { postText } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer({}, 1);
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

const logOf = async ({ id }: TestWebhook) =>
  (await server.api('GET', `/postbacks?webhook_id=${id}&limit=100`)).json.items;

test('repeats count on the row of the first one, many at once too, and are answered with its id', async () => {
  const soap = await server.createWebhook();
  const send = () => postText(server, soap, '<Envelope/>', 'text/xml');
  const first = await send();
  const others = await Promise.all(Array.from({ length: 20 }, send));
  for (const { status, json } of others) {
    expect(status).toBe(415);
    expect(json).toEqual(first.json);
  }
  const log = await logOf(soap);
  expect(log).toMatchObject([
    { id: first.json.postback_id, times_received: 21, code: 'unsupported_media_type' },
  ]);
  expect(log[0].last_received_at >= log[0].received_at).toBe(true);
});

test('a repeat that could not be counted is answered 503, and the next ones are counted again', async () => {
  const soap = await server.createWebhook();
  const send = () => postText(server, soap, '<Envelope/>', 'text/xml');
  const first = await send();
  const log = await holdLock(server.database, 'lock table postback in exclusive mode');
  expect(await send()).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
  await log.release();
  expect([(await send()).json, (await send()).json]).toEqual([first.json, first.json]);
  expect(await logOf(soap)).toMatchObject([{ times_received: 3 }]);
});

test('another request, another reason and changed settings have rows of their own', async () => {
  const other = await server.createWebhook();
  const send = (reason: string) => server.post(other, { call_log_id: 'CA1', reason, revenue_paid_out: 'x' });
  await send('a');
  await send('b');
  await server.api('PATCH', `/webhooks/incoming/${other.id}`, { paused: true });
  await send('a');
  expect((await send('a')).json.code).toBe('webhook_paused');
  await server.api('PATCH', `/webhooks/incoming/${other.id}`, { paused: false });
  expect((await send('a')).json.code).toBe('invalid_value');
  const log = await logOf(other);
  expect(
    log.map(({ code, times_received }: { code: string; times_received: number }) => [code, times_received]),
  ).toEqual([
    ['invalid_value', 1],
    ['webhook_paused', 2],
    ['invalid_value', 1],
    ['invalid_value', 1],
  ]);
});

test('what depends on the calls is tried again', async () => {
  const post = () => server.post(webhook, { call_log_id: 'later', reason: 'x' });
  expect((await post()).status).toBe(404);
  await server.createCall('later');
  expect((await post()).json.status).toBe('applied');
});

test('an ignored name that looks like money is a warning in the log', async () => {
  const { json } = await server.post(webhook, {
    call_log_id: 'CA1',
    converted: true,
    payout: 5,
    utm_source: 'x',
  });
  const logged = (await server.api('GET', `/postbacks/${json.postback_id}`)).json;
  expect(logged.warnings).toHaveLength(1);
  expect(logged.warnings[0]).toContain('"payout"');
});
