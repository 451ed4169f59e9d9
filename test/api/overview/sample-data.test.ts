/** Sample data: what it shows, and that exactly it is removed again. */
import { describe, expect, test } from 'vitest';
import { accountKeyOf } from '../../../src/store/database/statements/arrival-locks.ts';
import { addAccount, withRole } from '../../support/accounts.ts';
import { holdLock, waitingForLocks } from '../../support/database.ts';
import { expectProblem } from '../../support/problem.ts';
import { type TestServer, useServer } from '../../support/server.ts';

const server = useServer();

/** All rows of the database, but for the audit log and the times at which tokens were used. */
async function dump(): Promise<Record<string, unknown>> {
  const tables = await server.database.query(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'audit_event' order by 1`,
  );
  const rows = await Promise.all(
    tables.map(async ({ name }): Promise<[string, unknown]> => {
      const found = await server.database.query(
        `select (to_jsonb(t) - 'last_used_at')::text as row from ${name} t order by 1`,
      );
      return [String(name), found];
    }),
  );
  return Object.fromEntries(rows);
}

const firstSteps = async (on: TestServer) => (await on.api('GET', '/first-steps')).json;

test('of a new account nothing is done, and sample data may be loaded', async () => {
  expect(await firstSteps(server)).toEqual({
    has_webhook: false,
    has_call: false,
    has_postback: false,
    has_applied_postback: false,
    may_load_sample_data: true,
    is_hidden: false,
    sample_data: null,
  });
  expectProblem(await server.api('DELETE', '/sample-data'), 404, 'not_found');
  expectProblem(
    await (await withRole(server, 'analyst')).api('POST', '/sample-data'),
    403,
    'role_not_allowed',
  );
});

test('the checklist is hidden for all people of its account, and shown again', async () => {
  const { server: other } = await addAccount(server, 'Other');
  const hidden = await server.api('PATCH', '/first-steps', { is_hidden: true });
  expect(hidden).toMatchObject({ status: 200, json: { is_hidden: true, has_webhook: false } });
  expect(await firstSteps(await withRole(server, 'analyst'))).toMatchObject({ is_hidden: true });
  expect(await firstSteps(other)).toMatchObject({ is_hidden: false });
  await server.api('PATCH', '/first-steps', { is_hidden: false });
  expect(await firstSteps(server)).toMatchObject({ is_hidden: false });
  expectProblem(
    await (await withRole(server, 'analyst')).api('PATCH', '/first-steps', { is_hidden: true }),
    403,
    'role_not_allowed',
  );
});

describe('sample data', () => {
  test('is calls and postbacks with every status, does not count as a first step, and is loaded once', async () => {
    const before = await dump();
    const { status, json } = await server.api('POST', '/sample-data');
    expect(status).toBe(201);
    expect(json.calls).toBeGreaterThan(50);
    const calls = (await server.api('GET', '/calls?limit=500')).json.items;
    expect(calls).toHaveLength(json.calls);
    const count = (name: string, value: unknown) =>
      calls.filter((call: Record<string, unknown>) => call[name] === value).length;
    expect(count('state', 'live')).toBe(1);
    expect(count('converted', true)).toBeGreaterThan(20);
    expect(count('payout_status', 'held')).toBeGreaterThan(1);
    const log = (await server.api('GET', '/postbacks?limit=500')).json.items;
    expect(log).toHaveLength(json.postbacks);
    const codes = log
      .filter((postback: Record<string, unknown>) => postback['status'] === 'rejected')
      .map((postback: Record<string, unknown>) => postback['code']);
    expect(codes.sort()).toEqual(['call_not_found', 'invalid_value']);
    expect(await firstSteps(server)).toMatchObject({
      ...{ has_webhook: false, has_call: false, has_postback: false, has_applied_postback: false },
      may_load_sample_data: false,
      sample_data: { webhook_id: json.webhook_id, calls: json.calls },
    });
    expectProblem(await server.api('POST', '/sample-data'), 409, 'not_empty');
    expect((await server.api('DELETE', '/sample-data')).status).toBe(204);
    expect(await dump()).toEqual(before);
    const { items } = (await server.api('GET', '/audit')).json;
    expect(items[0]).toMatchObject({ action: 'sample_data.removed', actor: 'owner' });
  });

  test('that is removed while it is loaded leaves nothing, and may be loaded again', async () => {
    const { accountId, server: own } = await addAccount(server, 'Two tabs');
    // Every call of the account waits for this lock before it is written.
    const arrivals = `select pg_advisory_xact_lock(${accountKeyOf(accountId)}, bucket) from generate_series(0, 127) as bucket`;
    const lock = await holdLock(server.database, arrivals);
    const loading = own.api('POST', '/sample-data');
    await expect.poll(async () => (await waitingForLocks(server.database)).length).toBe(1);
    expect((await own.api('DELETE', '/sample-data')).status).toBe(204);
    await lock.release();
    expectProblem(await loading, 404, 'not_found');
    expect((await own.api('GET', '/calls')).json.items).toEqual([]);
    expect((await own.api('GET', '/postbacks')).json.items).toEqual([]);
    expect((await own.api('POST', '/sample-data')).status).toBe(201);
  });

  test('leaves other changes, also those of its own webhook to other calls', async () => {
    const { json } = await server.api('POST', '/sample-data');
    const [sampled] = (await server.api('GET', '/calls?limit=1')).json.items;
    const own = await server.createWebhook('update_fields', { name: 'Own' });
    await server.createCall('own call', { campaign: 'Own' });
    await server.post(own, { call_log_id: 'own call', reason: 'by its own webhook' });
    const ownRows = JSON.stringify(await server.readCall('own call'));
    await server.post(own, { call_log_id: sampled.call_log_id, reason: 'of a sample call' });
    const { json: rotated } = await server.api(
      'POST',
      `/webhooks/incoming/${json.webhook_id}/rotate-key`,
      {},
    );
    const sample = { ...own, id: json.webhook_id, auth_key: rotated.auth_key };
    expect((await server.post(sample, { call_log_id: 'own call', add: { a: 'b' } })).status).toBe(200);
    expect(await firstSteps(server)).toMatchObject({
      ...{ has_webhook: true, has_call: true, has_postback: true, has_applied_postback: true },
      sample_data: { calls: json.calls },
    });
    expect((await server.api('DELETE', '/sample-data')).status).toBe(204);
    const calls = (await server.api('GET', '/calls')).json.items;
    expect(calls.map((call: Record<string, unknown>) => call['call_log_id'])).toEqual(['own call']);
    expect(calls[0].tags).toEqual({ a: 'b' });
    expect(JSON.parse(ownRows).reason).toBe(calls[0].reason);
    const log = (await server.api('GET', '/postbacks')).json.items;
    expect(log.map((postback: Record<string, unknown>) => postback['webhook_name']).sort()).toEqual([
      'Own',
      'Sample buyer',
    ]);
    const webhooks = (await server.api('GET', '/webhooks/incoming')).json.items;
    expect(webhooks.map((webhook: Record<string, unknown>) => webhook['name'])).toEqual(['Own']);
    expectProblem(
      await server.post(sample, { call_log_id: 'own call', reason: 'x' }),
      401,
      'invalid_auth_key',
    );
    expectProblem(await server.api('POST', '/sample-data'), 409, 'not_empty');
  });

  test('of one account is not seen and not removed by another', async () => {
    const [{ server: one }, { server: other }] = [
      await addAccount(server, 'One'),
      await addAccount(server, 'Two'),
    ];
    await one.api('POST', '/sample-data');
    expect(await firstSteps(other)).toMatchObject({ may_load_sample_data: true, sample_data: null });
    expectProblem(await other.api('DELETE', '/sample-data'), 404, 'not_found');
    expect((await firstSteps(one)).sample_data).not.toBeNull();
  });

  test('asked for by several at once is loaded once', async () => {
    const { server: owner } = await addAccount(server, 'Hasty');
    const answers = await Promise.all([1, 2, 3].map(() => owner.api('POST', '/sample-data')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});
