/** `GET /overview/activity` and `/overview/attention`: what is going on, and what an operator should look at. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { startTestServer, type TestServer, type TestWebhook } from '../../support/server.ts';

describe('activity', () => {
  let server: TestServer;
  let webhook: TestWebhook;

  beforeAll(async () => {
    server = await startTestServer();
    webhook = await server.createWebhook();
  });

  afterAll(() => server.stop());

  const read = async () => (await server.api('GET', '/overview/activity')).json;

  test('counts postbacks by the minute and the outcome that they were answered with', async () => {
    await server.createCall('C1');
    await server.createCall('live', { state: 'live' });
    for (const body of [
      { call_log_id: 'C1', reason: 'a' },
      { call_log_id: 'C1', reason: 'b' },
      { call_log_id: 'C1', reason: 'b' },
      { call_log_id: 'live', reason: 'b' },
      { call_log_id: 'missing', reason: 'b' },
      { call_log_id: 'C1', reason: 'dry', dry_run: true },
      { call_log_id: 'C1', reason: 'b', transaction_id: 'T' },
      { call_log_id: 'C1', reason: 'b', transaction_id: 'T' },
    ]) {
      await server.post(webhook, body);
    }
    await server.api('PATCH', '/calls/C1', { reason: 'by hand' });
    await server.database.query(`
      insert into postback (account_id, postback_id, webhook_id, received_at, first_status, status, is_dry_run, source_ip, request, update)
      select account_id, uuidv7(interval '-30 minutes'), webhook_id, received_at, first_status, status, is_dry_run, source_ip, request, update
      from postback where status = 'applied' and webhook_id is not null;
      insert into postback (account_id, postback_id, webhook_id, received_at, first_status, status, is_dry_run, source_ip, request, update)
      select account_id, uuidv7(interval '-2 hours'), webhook_id, received_at, first_status, status, is_dry_run, source_ip, request, update
      from postback where status = 'rejected'`);
    // A busy machine counts the older minutes within the budget of the next readings.
    const readAll = async () => {
      const activity = await read();
      return activity.minutes.every(({ counts }: { counts: unknown }) => counts !== null) && activity;
    };
    const { minutes, live_calls, queued_updates, commit } = await vi.waitUntil(readAll, { timeout: 20_000 });
    expect({ live_calls, queued_updates }).toEqual({ live_calls: 1, queued_updates: 1 });
    expect(commit).toMatchObject({ p50_ms: expect.any(Number), p99_ms: expect.any(Number) });
    expect(commit.p99_ms).toBeGreaterThanOrEqual(commit.p50_ms);
    expect(commit.p50_ms).toBeGreaterThan(0);
    const sums = { applied: 0, unchanged: 0, queued: 0, rejected: 0 };
    for (const { counts } of minutes)
      for (const name of Object.keys(sums)) sums[name as 'applied'] += counts[name];
    expect(sums).toEqual({ applied: 4, unchanged: 2, queued: 1, rejected: 1 });
    const halfAgo = minutes.filter(
      ({ at }: { at: string }) => Math.abs(Date.parse(at) - Date.now() + 30 * 60_000) < 120_000,
    );
    expect(
      halfAgo.reduce((sum: number, { counts }: { counts: { applied: number } }) => sum + counts.applied, 0),
    ).toBe(2);
  });

  test('is of one account alone: all zeros where nothing happened', async () => {
    const other = await addAccount(server, 'Quiet');
    const { json } = await other.server.api('GET', '/overview/activity');
    expect(json).toMatchObject({ live_calls: 0, queued_updates: 0 });
    expect(json.minutes.length).toBe(60);
    for (const { counts } of json.minutes) {
      expect(counts).toEqual({
        applied: 0,
        unchanged: 0,
        queued: 0,
        waiting: 0,
        created: 0,
        kept: 0,
        rejected: 0,
      });
    }
  });
});

describe('what needs attention', () => {
  let server: TestServer;
  let webhook: TestWebhook;

  beforeEach(async () => {
    server = await startTestServer();
    webhook = await server.createWebhook('update_fields', { name: 'CRM' });
  });

  afterEach(() => server.stop());

  /** Without ids and acknowledgements, which have tests of their own. */
  const items = async () => {
    const { json } = await server.api('GET', '/overview/attention');
    return json.items.map(({ id: _id, acknowledged: _seen, ...item }: Record<string, unknown>) => item);
  };

  /** Puts rows into the log that came `hoursAgo`, and makes the webhook as old. */
  async function log(count: number, hoursAgo: number, code: string | null, id = webhook.id): Promise<void> {
    await server.database.query(
      `insert into postback (account_id, postback_id, webhook_id, received_at, first_status, status, code, is_dry_run, source_ip, request, update)
       select (select account_id from account limit 1), uuidv7($2::float8 * interval '-1 hour'), $4, now() - $2::float8 * interval '1 hour', status, status,
         $3, false, '', '{}', '{}'
       from generate_series(1, $1::int), (select case when $3::text is null then 'applied' else 'rejected' end) as s(status)`,
      [count, hoursAgo, code, id],
    );
    await server.database.query(
      `update incoming_webhook set created_at = least(created_at, now() - $2::float8 * interval '1 hour') where webhook_id = $1`,
      [id, hoursAgo],
    );
  }

  test('nothing does where nothing is wrong', async () => {
    expect(await items()).toEqual([]);
    for (const day of [1, 2, 3, 4, 5, 6, 7]) await log(10, day * 24 + 1, null);
    await log(10, 0.5, null);
    await log(2, 0.5, 'unknown_field');
    expect(await items()).toEqual([]);
  });

  test('a webhook whose rejections rise, with their share and the most frequent code', async () => {
    for (const hour of [2, 5, 10, 20]) await log(3, hour, 'invalid_value');
    expect(await items()).toMatchObject([]);
    await log(30, 0.5, null);
    for (const [code, count] of [
      ['unknown_field', 15],
      ['invalid_value', 3],
    ] as const)
      await log(count, 0.4, code);
    expect(await items()).toEqual([
      {
        ...{ kind: 'rising_rejections', webhook_id: webhook.id, webhook_name: 'CRM', window_hours: 1 },
        ...{
          rejected: 18,
          total: 48,
          total_is_more: false,
          usual: expect.any(Number),
          code: 'unknown_field',
        },
      },
    ]);
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { paused: true });
    expect(await items()).toEqual([]);
  });

  test('a webhook that fell silent', async () => {
    for (const day of [1, 2, 3, 7]) await log(6, day * 24 + 1, null);
    expect(await items()).toMatchObject([
      { kind: 'silent_webhook', webhook_id: webhook.id, webhook_name: 'CRM', window_hours: 3 },
    ]);
    const [{ last_at }] = await items();
    expect(Math.abs(Date.now() - Date.parse(last_at) - 25 * 3_600_000)).toBeLessThan(60_000);
    await log(1, 1, null);
    expect(await items()).toEqual([]);
  });

  test('a publisher and a buyer without calls, where they always had some', async () => {
    const insert = (days: number[]) =>
      server.database.query(
        `insert into call (account_id, call_log_id, state, started_at, publisher, buyer, converted, tags, created_at, updated_at)
         select (select account_id from account), gen_random_uuid(), 'completed', now() - (d * 24 + 1) * interval '1 hour', 'Acme <b>',
           'Same', false, '{}', now(), now() from unnest($1::int[]) as d, generate_series(1, 5)`,
        [days],
      );
    await insert([1, 2, 7]);
    expect(await items()).toMatchObject([
      { kind: 'silent_publisher', name: 'Acme <b>', window_hours: 3 },
      { kind: 'silent_buyer', name: 'Same', window_hours: 3 },
    ]);
    await insert([0]);
    expect(await items()).toEqual([]);
  });

  test('postbacks of the last day that found no call, until they are replayed, attached or dismissed', async () => {
    const reject = async (body: object) => (await server.post(webhook, body)).json.postback_id;
    const [known, unknown] = [
      await reject({ call_log_id: 'C', reason: 'r' }),
      await reject({ call_log_id: 'D', reason: 'r' }),
    ];
    await reject({ call_log_id: 'E', reason: 'r', dry_run: true });
    const ofNumber = await reject({ phone_number: '+12125550199', reason: 'r' });
    await log(3, 25, 'call_not_found');
    const unmatched = async () =>
      (await items())
        .filter(({ kind }: { kind: string }) => kind === 'unmatched')
        .map(({ code, count }: { code: string; count: number }) => [code, count]);
    expect(await unmatched()).toEqual([
      ['call_not_found', 2],
      ['no_call_in_window', 1],
    ]);
    await server.api('POST', `/postbacks/${known}/replay`);
    expect(await unmatched()).toEqual([
      ['call_not_found', 2],
      ['no_call_in_window', 1],
    ]);
    await server.createCall('C');
    await server.api('POST', `/postbacks/${known}/replay`, { dry_run: true });
    expect(await unmatched()).toEqual([
      ['call_not_found', 2],
      ['no_call_in_window', 1],
    ]);
    await server.api('POST', `/postbacks/${known}/replay`);
    expect(await unmatched()).toEqual([
      ['call_not_found', 1],
      ['no_call_in_window', 1],
    ]);
    await server.api('POST', `/postbacks/${ofNumber}/attach`, { call_log_id: 'C' });
    expect(await unmatched()).toEqual([['call_not_found', 1]]);
    await server.api('POST', `/postbacks/${unknown}/dismiss`, { reason: 'A test' });
    expect(await unmatched()).toEqual([]);
  });

  test('updates that wait for calls which should be over', async () => {
    const startedAt = new Date(Date.now() - 5 * 3_600_000).toISOString();
    await server.createCall('stuck', { state: 'live', started_at: startedAt });
    await server.createCall('stuck too', {
      state: 'live',
      started_at: new Date(Date.now() - 4.5 * 3_600_000).toISOString(),
    });
    await server.createCall('without', { state: 'live', started_at: startedAt });
    await server.createCall('young', { state: 'live' });
    for (const id of ['stuck', 'stuck', 'stuck too', 'young'])
      await server.post(webhook, { call_log_id: id, reason: 'x' });
    expect(await items()).toEqual([
      {
        ...{ kind: 'waiting_updates', calls: 2, updates: 3, live_for_hours: 4 },
        oldest: { call_log_id: 'stuck', started_at: startedAt },
      },
    ]);
    expect(
      (await (await addAccount(server, 'Other')).server.api('GET', '/overview/attention')).json.items,
    ).toEqual([]);
  });
});
