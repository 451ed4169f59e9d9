/** What a webhook's own settings let in: addresses, rate, fields, methods. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { type Answer, startTestServer, type TestServer, type TestWebhook } from '../../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  // One process: what is counted is counted for each.
  server = await startTestServer({ trustedProxies: ['127.0.0.1'] }, 1);
  await server.createCall('C1');
});

afterAll(() => server.stop());

const change = (webhook: TestWebhook, settings: object) =>
  server.api('PATCH', `/webhooks/incoming/${webhook.id}`, settings);
const postFrom = (webhook: TestWebhook, from: string, body: object = { call_log_id: 'C1', reason: from }) =>
  server.post(webhook, body, { 'x-forwarded-for': from });
const logOf = async (webhook: TestWebhook) =>
  (await server.api('GET', `/postbacks?limit=500&webhook_id=${webhook.id}`)).json.items;

describe('addresses', () => {
  test('that are allowed may post back, others get 403 and are in the log', async () => {
    const allowed_addresses = ['203.0.113.7', '198.51.100.0/24', '2001:db8::/32'];
    const webhook = await server.createWebhook('update_fields', { allowed_addresses });
    for (const from of ['203.0.113.7', '198.51.100.200', '2001:db8:9::1']) {
      expect((await postFrom(webhook, from)).status, from).toBe(200);
    }
    for (const from of ['203.0.113.8', '198.51.101.1', '2001:db9::1', 'nonsense']) {
      expectProblem(await postFrom(webhook, from), 403, 'address_not_allowed');
    }
    const rejected = (await logOf(webhook)).filter(({ status }: { status: string }) => status === 'rejected');
    expect(rejected.map(({ source_ip }: { source_ip: string }) => source_ip)).toEqual([
      '127.0.0.1',
      '2001:db9::1',
      '198.51.101.1',
      '203.0.113.8',
    ]);
  });

  test('are a bounded list', async () => {
    const list = (count: number) => Array.from({ length: count }, (_, at) => `10.${at >> 8}.${at & 255}.1`);
    const webhook = await server.createWebhook();
    expect((await change(webhook, { allowed_addresses: list(100) })).status).toBe(200);
    expectProblem(await change(webhook, { allowed_addresses: list(101) }), 422, 'invalid_value');
  });

  test('count from the very next postback on, and for every method and form', async () => {
    const webhook = await server.createWebhook();
    expect((await postFrom(webhook, '203.0.113.8')).status).toBe(200);
    const { json } = await change(webhook, { allowed_addresses: ['203.0.113.7/24', '::ffff:10.0.0.1'] });
    expect(json.allowed_addresses).toEqual(['203.0.113.0/24', '10.0.0.1']);
    await change(webhook, { allowed_addresses: ['203.0.113.7'] });
    expectProblem(await postFrom(webhook, '203.0.113.8'), 403, 'address_not_allowed');
    const elsewhere = { 'x-forwarded-for': '203.0.113.8' };
    expectProblem(await server.get(webhook, [['call_log_id', 'C1']], elsewhere), 403, 'address_not_allowed');
    const batch = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { ...elsewhere, 'x-auth-key': webhook.auth_key },
      body: [{ call_log_id: 'C1', reason: 'x' }],
    });
    expectProblem(batch, 403, 'address_not_allowed');
    const put = await server.request(`/update-fields?auth_key=${webhook.auth_key}`, {
      method: 'PUT',
      headers: elsewhere,
    });
    expectProblem(put, 403, 'address_not_allowed');
    await change(webhook, { allowed_addresses: null });
    expect((await postFrom(webhook, '203.0.113.8')).status).toBe(200);
  });

  test('from elsewhere neither use up the rate of the sender nor flood the log', async () => {
    const settings = { allowed_addresses: ['203.0.113.7'], rate_limit_per_minute: 5 };
    const webhook = await server.createWebhook('update_fields', settings);
    const answers = await Promise.all(Array.from({ length: 100 }, () => postFrom(webhook, '203.0.113.8')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    const entries = (await logOf(webhook)).length;
    expect(entries).toBe(60 + 6); // the first sixty, then the 1st, 2nd, 4th, 8th, 16th and 32nd
    const mine = await postFrom(webhook, '203.0.113.7');
    expect(mine.status).toBe(200);
    expect(mine.headers.get('ratelimit')).toMatch(/^"webhook";r=4;t=\d+$/);
  });
});

describe('the rate', () => {
  const rateOf = ({ headers }: Answer) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

  test('is in the headers of every response, and beyond it is 429 with Retry-After', async () => {
    const webhook = await server.createWebhook('update_fields', { rate_limit_per_minute: 3 });
    const send = (dry_run = true) => server.post(webhook, { call_log_id: 'C1', reason: 'r', dry_run });
    for (const left of [2, 1, 0]) {
      const answer = await send();
      expect(answer.status).toBe(200);
      const [policy, rate] = rateOf(answer);
      expect(policy).toBe('"webhook";q=3;w=60');
      expect(rate).toMatch(new RegExp(`^"webhook";r=${left};t=([1-9]|[1-5]\\d|60)$`));
    }
    const rejected = await send(false);
    expectProblem(rejected, 429, 'rate_limited');
    const wait = Number(rejected.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(rateOf(rejected)[1]).toBe(`"webhook";r=0;t=${wait}`);
    const pixel = await server.request(`/update-fields.gif?auth_key=${webhook.auth_key}`);
    expect([pixel.status, pixel.headers.get('content-type')]).toEqual([429, 'image/gif']);
    expect((await change(webhook, { rate_limit_per_minute: null })).status).toBe(200);
    // What is rejected without being written down is judged by settings that may be a second old.
    await expect.poll(async () => (await send()).status).toBe(200);
    expect(rateOf(await send())).toEqual([null, null]);
  });

  test('counts a batch as one request, and rejected requests too', async () => {
    const webhook = await server.createWebhook('update_fields', { rate_limit_per_minute: 2 });
    const batch = () =>
      server.request('/update-fields/batch', {
        method: 'POST',
        headers: { 'x-auth-key': webhook.auth_key },
        body: Array.from({ length: 50 }, (_one, at) => ({ call_log_id: 'C1', reason: `r${at}` })),
      });
    const first = await batch();
    expect(first.json.summary.applied).toBe(50);
    expect(rateOf(first)[1]).toContain('r=1;');
    expect((await server.post(webhook, { call_log_id: 'C1' })).status).toBe(422);
    expectProblem(await batch(), 429, 'rate_limited');
  });

  test('keeps of a flood the 1st, 2nd, 4th, 8th … rejection, and counts them all', async () => {
    const webhook = await server.createWebhook('update_fields', { rate_limit_per_minute: 1 });
    const countOf = async () =>
      Number(
        /ringback_postbacks_total\{status="rejected",code="rate_limited"\} (\d+)/.exec(
          (await server.request('/metrics')).text,
        )?.[1] ?? 0,
      );
    const before = await countOf();
    await Promise.all(
      Array.from({ length: 41 }, () => server.post(webhook, { call_log_id: 'C1', reason: 'x' })),
    );
    expect((await countOf()) - before).toBe(40);
    const entries: { code: string | null; detail: string }[] = await logOf(webhook);
    const numbers = entries
      .filter(({ code }) => code === 'rate_limited')
      .map(({ detail }) => Number(/number (\d+) beyond/.exec(detail)?.[1]));
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32]);
  });

  test('stays used up when other settings change', async () => {
    const webhook = await server.createWebhook('update_fields', { rate_limit_per_minute: 1 });
    const send = () => server.post(webhook, { call_log_id: 'C1', reason: 'x' });
    expect((await send()).status).toBe(200);
    await change(webhook, { name: 'Renamed' });
    expectProblem(await send(), 429, 'rate_limited');
    await server.api('POST', `/webhooks/incoming/${webhook.id}/rotate-key`);
    expectProblem(await send(), 429, 'rate_limited');
  });
});

describe('fields', () => {
  test('that are not allowed are rejected with 403, every one of them as it was sent, and nothing is done', async () => {
    const webhook = await server.createWebhook('update_fields', {
      allowed_fields: ['revenue_paid_out', 'reason'],
    });
    await server.createCall('F1');
    const sent = {
      call_log_id: 'F1',
      revenue_paid_out: 5,
      publisher_paid_out: 9,
      fields: { converted: true, publisher_paid_out: 9, nope: 1 },
      add: ['vip'],
    };
    const answer = await server.post(webhook, sent);
    expectProblem(answer, 403, 'field_not_allowed');
    expect(faultsOf(answer)).toEqual([
      'fields.converted: field_not_allowed',
      'publisher_paid_out: field_not_allowed',
      'fields.publisher_paid_out: field_not_allowed',
      'add: field_not_allowed',
      'fields.nope: unknown_field',
    ]);
    expect(await server.readCall('F1')).toMatchObject({ revenue_paid_out: null, converted: false, tags: {} });
    const [entry] = await logOf(webhook);
    expect(entry).toMatchObject({ status: 'rejected', code: 'field_not_allowed', call_log_id: 'F1' });
    const allowed = { call_log_id: 'F1', revenue_paid_out: 5, reason: 'Sold', utm_source: 'crm' };
    expect((await server.post(webhook, allowed)).json).toMatchObject({
      status: 'applied',
      ignored: ['utm_source'],
    });
  });

  test('hidden behind a body, an alias, null or a batch are rejected as well', async () => {
    const webhook = await server.createWebhook('update_fields', { allowed_fields: ['reason'] });
    const byQuery = await server.request(
      `/update-fields?auth_key=${webhook.auth_key}&publisher_paid_out=1&add[vip]=1`,
      { method: 'POST', body: { call_log_id: 'C1', reason: 'x', publisher_paid_out: null } },
    );
    expect(faultsOf(byQuery).filter((fault) => fault.endsWith('field_not_allowed'))).toEqual([
      'publisher_paid_out: field_not_allowed',
      'publisher_paid_out: field_not_allowed',
      'add[vip]: field_not_allowed',
    ]);
    const batch = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body: [
        { call_log_id: 'C1', publisher_paid_out: 1 },
        { call_log_id: 'C1', reason: 'allowed' },
      ],
    });
    expect(batch.json.results).toMatchObject([{ code: 'field_not_allowed' }, { status: 'applied' }]);
    const revenue = await server.createWebhook('update_revenue', { allowed_fields: ['converted'] });
    const byAlias = await server.get(revenue, [
      ['call_log_id', 'C1'],
      ['amount', '1'],
    ]);
    expect(faultsOf(byAlias)).toEqual(['amount: field_not_allowed']);
  });

  test('may be those of the webhook’s type only', async () => {
    const body = { name: 'x', type: 'update_tags', allowed_fields: ['add', 'reason', 'converted'] };
    const answer = await server.api('POST', '/webhooks/incoming', body);
    expectProblem(answer, 422, 'invalid_value');
    expect(faultsOf(answer)).toEqual(['allowed_fields: invalid_value', 'allowed_fields: invalid_value']);
    expect(answer.json.errors[0].detail).toContain('does not set reason');
  });

  test('bind a file that is imported through the webhook', async () => {
    const webhook = await server.createWebhook('update_fields', {
      allowed_fields: ['reason'],
      accepts_get: false,
    });
    const answer = await server.request(`/api/v1/imports?webhook_id=${webhook.id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
      body: 'call_log_id,reason,publisher_paid_out\nC1,file,\nC1,file,3\n',
    });
    const rows = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toMatchObject([{ status: 'applied' }, { code: 'field_not_allowed' }, {}]);
  });
});

describe('GET', () => {
  test('that is off is 405 with what is allowed; POST goes on', async () => {
    const webhook = await server.createWebhook('update_fields', { accepts_get: false });
    const parameters: [string, string][] = [
      ['call_log_id', 'C1'],
      ['reason', 'got'],
    ];
    const rejected = await server.get(webhook, parameters);
    expectProblem(rejected, 405, 'method_not_allowed');
    expect(rejected.headers.get('allow')).toBe('POST');
    const pixel = await server.request(`/update-fields.gif?auth_key=${webhook.auth_key}&call_log_id=C1`);
    expect([pixel.status, pixel.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await server.post(webhook, { call_log_id: 'C1', reason: 'posted' })).status).toBe(200);
    await change(webhook, { accepts_get: true });
    expect((await server.get(webhook, parameters)).status).toBe(200);
  });
});

test('all settings are read back as they were set, and bad ones are rejected with every fault', async () => {
  const settings = {
    allowed_addresses: ['10.0.0.0/8'],
    rate_limit_per_minute: 600,
    allowed_fields: ['reason', 'add'],
    accepts_get: false,
  };
  const webhook = await server.createWebhook('update_fields', settings);
  expect((await server.api('GET', `/webhooks/incoming/${webhook.id}`)).json).toMatchObject(settings);
  const none = {
    allowed_addresses: null,
    rate_limit_per_minute: null,
    allowed_fields: null,
    accepts_get: true,
  };
  expect((await change(webhook, none)).json).toMatchObject(none);
  const answer = await change(webhook, {
    allowed_addresses: ['10.0.0.0/8', 'office', '10.0.0.1:80'],
    rate_limit_per_minute: 0,
    allowed_fields: [],
    accepts_get: 'no',
  });
  expectProblem(answer, 422, 'invalid_value');
  expect(faultsOf(answer).sort()).toEqual([
    'accepts_get: invalid_value',
    'allowed_addresses.1: invalid_value',
    'allowed_addresses.2: invalid_value',
    'allowed_fields: invalid_value',
    'rate_limit_per_minute: invalid_value',
  ]);
  expect((await server.api('GET', `/webhooks/incoming/${webhook.id}`)).json).toMatchObject(none);
});
