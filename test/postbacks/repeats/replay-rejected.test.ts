/** Many rejected postbacks go through again at once, after their cause is corrected. */
import { beforeEach, expect, test } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeEach(async () => {
  await server.database.query('truncate postback, call cascade');
  webhook = await server.createWebhook();
});

const run = (body: object = {}, by = server) => by.api('POST', '/postbacks/replay-rejected', body);
const send = (callLogId: string, revenue = '1.00') =>
  server.post(webhook, { call_log_id: callLogId, revenue_paid_out: revenue });
const sumOf = async () =>
  (await server.database.query(`select coalesce(sum(revenue_paid_out), 0)::text as sum from call`))[0]?.[
    'sum'
  ];

test('the oldest goes first, each once, and a dry run changes nothing', async () => {
  await send('C1', '5.00');
  await send('C1', '7.00');
  await send('none');
  await server.createCall('C1');
  const dry = (await run({ dry_run: true })).json;
  expect(dry.summary).toMatchObject({ applied: 2, rejected: 1 });
  expect(await sumOf()).toBe('0');
  const { json } = await run();
  expect(json).toMatchObject({ dry_run: false, skipped: 0, next_cursor: null });
  expect(json.summary).toEqual({ applied: 2, unchanged: 0, queued: 0, duplicate: 0, rejected: 1 });
  expect(json.items).toMatchObject([
    { call_log_id: 'C1', status: 'applied', changes: { revenue_paid_out: { from: null, to: '5.00' } } },
    { call_log_id: 'C1', status: 'applied', changes: { revenue_paid_out: { from: '5.00', to: '7.00' } } },
    { status: 'rejected', code: 'call_not_found' },
  ]);
  expect((await server.readCall('C1')).revenue_paid_out).toBe('7.00');
  const { items } = (await server.api('GET', '/postbacks?status=rejected&previews=false')).json;
  expect(items.filter((item: { replay_of: string | null }) => item.replay_of === null)).toMatchObject([
    { call_log_id: 'none' },
    { replayed_as: 'applied' },
    { replayed_as: 'applied' },
  ]);
  expect(
    items.some(
      (item: object) => 'replayed_as' in item && 'call_log_id' in item && item.call_log_id === 'none',
    ),
  ).toBe(false);
  const again = (await run()).json;
  expect(again.items).toMatchObject([{ status: 'rejected', code: 'call_not_found' }]);
});

test('only those of the filter, page by page', async () => {
  const other = await server.createWebhook();
  for (let at = 0; at < 5; at += 1) await send(`C${at}`);
  await server.post(other, { call_log_id: 'C0', reason: 'of another webhook' });
  await server.post(webhook, { call_log_id: 'C0', revenue_paid_out: 'no amount' });
  for (let at = 0; at < 5; at += 1) await server.createCall(`C${at}`);
  const filter = { webhook_id: webhook.id, code: 'call_not_found', limit: 2 };
  const ids: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const { json } = await run({ ...filter, ...(cursor !== null && { cursor }) });
    ids.push(...json.items.map((item: { call_log_id: string }) => item.call_log_id));
    cursor = json.next_cursor;
    if (cursor === null) break;
  }
  expect(ids).toEqual(['C0', 'C1', 'C2', 'C3', 'C4']);
  expect(await sumOf()).toBe('5.0000');
  expect((await run({ call_log_id: 'C0', dry_run: true })).json.items.length).toBeLessThanOrEqual(2);
  expect((await run({ to: '2020-01-01' })).json.items).toEqual([]);
});

test('dismissed ones, dry runs and wrong keys are left out', async () => {
  await send('C1');
  const [{ id }] = (await server.api('GET', '/postbacks')).json.items;
  await server.api('POST', `/postbacks/${id}/dismiss`, { reason: 'a test' });
  await server.post(webhook, { call_log_id: 'C1', reason: 'x', dry_run: true });
  await server.post({ ...webhook, auth_key: 'rbk_wrong' }, { call_log_id: 'C1', reason: 'x' });
  await server.createCall('C1');
  expect((await run()).json).toMatchObject({ items: [], skipped: 0 });
});

test('two at once apply each postback once', async () => {
  const repeated = await server.createWebhook('update_fields', { repeats: { revenue_paid_out: 'add' } });
  for (let at = 0; at < 10; at += 1)
    await server.post(repeated, { call_log_id: 'C1', revenue_paid_out: '1.00', transaction_id: `t${at}` });
  await server.createCall('C1');
  await Promise.all([run(), run(), run()]);
  expect((await server.readCall('C1')).revenue_paid_out).toBe('10.00');
});

test('those of another account are out of reach, and a wrong filter is named', async () => {
  await send('C1');
  await server.createCall('C1');
  const { server: other } = await addAccount(server, 'Other');
  expect((await run({ webhook_id: webhook.id }, other)).json.items).toEqual([]);
  expect(await sumOf()).toBe('0');
  const wrong = await run({ webhook_id: 'x', from: 'yesterday' });
  expectProblem(wrong, 422, 'invalid_value');
  expect(wrong.json.errors.map(({ field }: { field: string }) => field)).toEqual(['webhook_id', 'from']);
});

test('the log can leave out dry runs of people, and lists those of senders', async () => {
  await send('late');
  await server.post(webhook, { call_log_id: 'late', revenue_paid_out: '1', dry_run: true });
  await server.createCall('C1');
  const applied = (await send('C1')).json.postback_id;
  await run({ dry_run: true });
  await server.api('POST', `/postbacks/${applied}/undo`, { dry_run: true });
  // A request with a wrong key is logged later than it is answered: the one of a test above may come now.
  const list = async (query = '') =>
    (await server.api('GET', `/postbacks${query}`)).json.items.filter(
      ({ code }: { code: string | null }) => code !== 'invalid_auth_key',
    );
  expect(await list()).toHaveLength(5);
  expect(await list('?previews=true')).toHaveLength(5);
  expect(await list('?previews=false')).toMatchObject([
    { status: 'applied', dry_run: false },
    { status: 'rejected', dry_run: true, replay_of: null },
    { status: 'rejected', dry_run: false },
  ]);
  expect(await list('?previews=false&status=rejected')).toHaveLength(2);
});
