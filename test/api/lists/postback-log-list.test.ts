/** `GET /postbacks` and `GET /postbacks/{id}`: the log. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { type Answer, type TestWebhook, useServer } from '../../support/server.ts';

type Postback = {
  id: string;
  webhook_id: string;
  status: string;
  code: string | null;
  call_log_id: string | null;
  transaction_id: string | null;
  received_at: string;
};

const server = useServer();
let crm: TestWebhook;
let dialer: TestWebhook;
/** newest first */
let log: Postback[];

beforeAll(async () => {
  crm = await server.createWebhook('update_fields', { name: 'CRM' });
  dialer = await server.createWebhook('update_revenue', { name: 'Dialer' });
  await server.createCall('done/1', { phone_number: '+14155550142' });
  await server.createCall('live', { state: 'live' });
  for (let at = 0; at < 5; at += 1) {
    const id = { transaction_id: `t${at}` };
    await server.post(crm, { call_log_id: 'done/1', reason: `R${at}`, ...id });
    await server.post(crm, { call_log_id: 'done/1', reason: `R${at}` });
    await server.post(dialer, { call_log_id: 'done/1', revenue: at, ...id });
    await server.post(crm, { call_log_id: 'live', reason: `R${at}` });
    await server.post(crm, { call_log_id: 'missing', reason: 'x', transaction_id: 'rejected' });
    await server.post(dialer, { call_log_id: 'done/1', revenue: 'much', ...id });
    await server.post(crm, { call_log_id: 'done/1', reason: 'x', dry_run: true, ...id });
  }
  log = (await list({ limit: '500' })).items;
  expect(log).toHaveLength(35);
});

async function list(query: Record<string, string>) {
  const answer = await server.api('GET', `/postbacks?${new URLSearchParams(query)}`);
  expect(answer.status, answer.text).toBe(200);
  // What is near a postback without a call depends on the calls of today: see the tests of the inbox.
  const items = answer.json.items.map(({ nearest: _nearest, ...item }: Record<string, unknown>) => item);
  return { ...answer.json, items };
}

async function read(answer: Answer) {
  const id = answer.json.postback_id;
  const { status, json } = await server.api('GET', `/postbacks/${id}`);
  expect(status).toBe(200);
  const { nearest: _nearest, ...listed } = json;
  expect((await list({ limit: '1' })).items[0]).toEqual(listed);
  return json;
}

describe('a postback as JSON', () => {
  test('tells all of an update that was applied', async () => {
    const body = {
      phone_number: '415 555 0142',
      transaction_id: 'whole',
      reason: 'Sold',
      add: { deal: 'won' },
      utm: 'x',
    };
    const answer = await server.request(`/update-fields?auth_key=${crm.auth_key}&source=crm`, {
      method: 'POST',
      body,
    });
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { request, ...postback } = await read(answer);
    expect(postback).toEqual({
      id: answer.json.postback_id,
      webhook_id: crm.id,
      webhook_name: 'CRM',
      received_at: at,
      applied_at: at,
      status: 'applied',
      code: null,
      detail: null,
      call_log_id: 'done/1',
      phone_number: '+14155550142',
      matched_by: 'phone_number',
      candidates: 1,
      transaction_id: 'whole',
      dry_run: false,
      source_ip: '127.0.0.1',
      times_received: 1,
      last_received_at: at,
      warnings: [],
      update: { reason: 'Sold', add: { deal: 'won' } },
      changes: answer.json.changes,
      errors: [],
      ignored: ['utm', 'source'],
      replay_of: null,
      replayed_by: null,
      batch_id: null,
      undo_of: null,
      undone_by: null,
      kept: [],
      changed_since: [],
      answer: { status: 200, body: answer.json },
    });
    expect(request).toMatchObject({ method: 'POST', query: { source: 'crm' }, body });
    expect(request.query).not.toHaveProperty('auth_key');
    expect(request.headers).toHaveProperty('content-type', 'application/json');
    expect(JSON.stringify(request)).not.toContain(crm.auth_key);
  });

  test('tells why one was rejected', async () => {
    const answer = await server.post(crm, {
      call_log_id: 'done/1',
      converted: 'perhaps',
      reason: 'x'.repeat(501),
    });
    expect(await read(answer)).toMatchObject({
      status: 'rejected',
      code: 'invalid_value',
      detail: answer.json.detail,
      errors: answer.json.errors,
      applied_at: null,
      changes: {},
      call_log_id: 'done/1',
    });
    expect(answer.json.errors).toHaveLength(2);
  });

  test('shows a queued one as queued, and as applied or unchanged once its call completed', async () => {
    await server.createCall('later', { state: 'live', reason: 'Open' });
    const changing = await server.post(crm, { call_log_id: 'later', reason: 'Sold' });
    expect(await read(changing)).toMatchObject({ status: 'queued', applied_at: null, changes: {} });
    const standing = await server.post(crm, { call_log_id: 'later', reason: 'Sold' });
    await server.api('POST', '/calls/later/complete');
    const [second, first] = (await list({ call_log_id: 'later' })).items;
    expect(first).toMatchObject({
      id: changing.json.postback_id,
      status: 'applied',
      changes: { reason: { from: 'Open', to: 'Sold' } },
      applied_at: expect.any(String),
    });
    expect(second).toMatchObject({ id: standing.json.postback_id, status: 'unchanged', changes: {} });
  });

  test('keeps every digit of what was sent', async () => {
    const text = '{"call_log_id":"done/1","revenue":0.1234567890123456789,"n":1e400}';
    const answer = await server.request('/update-revenue', {
      method: 'POST',
      headers: { 'x-auth-key': dialer.auth_key, 'content-type': 'application/json' },
      body: text,
    });
    const raw = await server.api('GET', `/postbacks/${answer.json.postback_id}`);
    const stored = await server.database.query(
      `select request->'body'->>'revenue' as revenue from postback where postback_id = $1`,
      [answer.json.postback_id],
    );
    expect(raw.status).toBe(200);
    expect(stored).toEqual([{ revenue: '0.1234567890123456789' }]);
  });

  test('is not there for an id that is none', async () => {
    for (const id of ['0199aaaa-0000-7000-8000-000000000001', 'x', '%00']) {
      expectProblem(await server.api('GET', `/postbacks/${id}`), 404, 'not_found');
    }
  });
});

describe('filters', () => {
  type Filter = [name: string, value: () => string, isMeant: (postback: Postback) => boolean];
  const middle = () => log[17]?.received_at ?? '';
  const filters: Filter[] = [
    ['webhook_id', () => crm.id, ({ webhook_id }) => webhook_id === crm.id],
    ['webhook_id', () => dialer.id.toUpperCase(), ({ webhook_id }) => webhook_id === dialer.id],
    ['webhook_id', () => '0199aaaa-0000-7000-8000-000000000001', () => false],
    ['status', () => 'queued', ({ status }) => status === 'queued'],
    ['status', () => 'applied', ({ status }) => status === 'applied'],
    ['status', () => 'rejected', ({ status }) => status === 'rejected'],
    ['status', () => 'unchanged', ({ status }) => status === 'unchanged'],
    ['code', () => 'call_not_found', ({ code }) => code === 'call_not_found'],
    ['code', () => 'invalid_value', ({ code }) => code === 'invalid_value'],
    ['call_log_id', () => 'done/1', ({ call_log_id }) => call_log_id === 'done/1'],
    ['call_log_id', () => 'missing', ({ call_log_id }) => call_log_id === 'missing'],
    ['transaction_id', () => 't1', ({ transaction_id }) => transaction_id === 't1'],
    ['transaction_id', () => 'rejected', ({ transaction_id }) => transaction_id === 'rejected'],
    ['from', middle, ({ received_at }) => received_at >= middle()],
    ['to', middle, ({ received_at }) => received_at <= middle()],
  ];
  const expectedOf = (chosen: Filter[]) => {
    const byName = new Map(chosen.map((filter) => [filter[0], filter[2]]));
    return log.filter((postback) => [...byName.values()].every((isMeant) => isMeant(postback)));
  };
  const query = (chosen: Filter[]) => ({
    limit: '500',
    to: log[0]?.received_at ?? '', // later tests send more
    ...Object.fromEntries(chosen.map(([name, value]) => [name, value()])),
  });

  test.each(filters)('%s alone', async (...filter) => {
    const expected = expectedOf([filter]);
    expect((await list(query([filter]))).items).toEqual(expected);
    if (filter[1]() !== '0199aaaa-0000-7000-8000-000000000001') expect(expected.length).toBeGreaterThan(0);
  });

  test('any of them together mean postbacks that all of them mean', async () => {
    const chosen = fc.subarray(filters, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(chosen, async (some) => {
        expect((await list(query(some))).items).toEqual(expectedOf(some));
      }),
      { numRuns: 100 },
    );
  });

  test('a query with faults gets all of them', async () => {
    const answer = await server.api(
      'GET',
      '/postbacks?webhook_id=1&status=done&from=x&to=y&limit=x&cursor=y&call_log_id=%00&call=1&code=a&code=b',
    );
    expectProblem(answer, 422, 'unknown_field');
    expect(faultsOf(answer).sort()).toEqual([
      'call: unknown_field',
      'call_log_id: invalid_value',
      'code: invalid_value',
      'cursor: invalid_value',
      'from: invalid_value',
      'limit: invalid_value',
      'status: invalid_value',
      'to: invalid_value',
      'webhook_id: invalid_value',
    ]);
  });
});

test('pages walk all without gaps or repeats, newest first, while more come in', async () => {
  const whole = (await list({ limit: '500', webhook_id: crm.id })).items;
  const walked: Postback[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: Postback[]; next_cursor: string | null } = await list({
      webhook_id: crm.id,
      limit: '6',
      cursor,
    });
    walked.push(...page.items);
    cursor = walked.length > 200 ? null : page.next_cursor;
    await server.post(crm, { call_log_id: 'done/1', reason: 'meanwhile' });
  }
  expect(walked).toEqual(whole);
  expect(walked.map(({ id }) => id)).toEqual(
    walked
      .map(({ id }) => id)
      .sort()
      .reverse(),
  );
});

test('a request without a valid key is in no log', async () => {
  const before = (await list({ limit: '500' })).items.length;
  await server.request('/update-fields?auth_key=rbk_wrong&call_log_id=done/1&reason=x');
  expect((await list({ limit: '500' })).items).toHaveLength(before);
});
