/** Undoing a sender's postbacks of a period, a batch or an import (docs/operations.md#undo). */
import { describe, expect, test } from 'vitest';
import { callMaker } from '../../support/calls.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();

const newCall = callMaker(server, 'period');
const everything = { from: '2020-01-01', to: '2099-12-31' };
const undo = (webhook: TestWebhook, body: object) =>
  server.api('POST', `/webhooks/incoming/${webhook.id}/undo`, body);

test('all postbacks of a sender are undone newest first, and the calls are as they were', async () => {
  const webhook = await server.createWebhook();
  const adding = await server.createWebhook('update_fields', { repeats: { '*': 'add' } });
  const [one, two, live] = [
    await newCall({ reason: 'before' }),
    await newCall(),
    await newCall({ state: 'live' }),
  ];
  const before = await Promise.all([one, two].map((id) => server.readCall(id)));
  await server.post(webhook, { call_log_id: one, revenue_paid_out: '5', reason: 'a' });
  await server.post(webhook, { call_log_id: one, revenue_paid_out: '7.5', add: { deal: 'won' } });
  await server.post(adding, { call_log_id: two, revenue_paid_out: '1', transaction_id: '1' });
  await server.post(webhook, { call_log_id: two, publisher_paid_out: '2', reason: 'x' });
  await server.post(webhook, { call_log_id: live, revenue_paid_out: '3' });
  await server.post(webhook, { call_log_id: 'missing', reason: 'rejected' });
  await server.api('PATCH', `/calls/${two}`, { reason: 'by hand' });
  const expected = {
    ...{ calls: 3, postbacks: 4, applied: 3, unchanged: 0, canceled: 1, rejected: 0 },
    sums: { revenue_paid_out: '-7.50', publisher_paid_out: '-2.00' },
    fields: { revenue_paid_out: 2, reason: 1, tags: 1, publisher_paid_out: 1 },
    changed_since_count: 1,
    changed_since: [
      { field: 'reason', call_log_id: two, by: 'owner', at: expect.any(String), undo_of: expect.any(String) },
    ],
  };
  const dry = await undo(webhook, { ...everything, dry_run: true });
  expect(dry.status).toBe(200);
  expect(dry.json).toEqual({ webhook_id: webhook.id, dry_run: true, ...expected });
  const bare = await server.api('POST', `/webhooks/incoming/${webhook.id}/undo?dry_run`, everything);
  expect(bare.json).toEqual(dry.json);
  expect((await server.readCall(one)).revenue_paid_out).toBe('7.50');
  expect((await undo(webhook, everything)).json).toEqual({
    webhook_id: webhook.id,
    dry_run: false,
    ...expected,
  });
  const updated = { updated_at: expect.any(String) };
  expect(await server.readCall(one)).toEqual({ ...before[0], ...updated });
  expect(await server.readCall(two)).toEqual({
    ...before[1],
    revenue_paid_out: '1.00',
    reason: 'by hand',
    ...updated,
  });
  expect(await server.readCall(live)).toMatchObject({ queued_updates: 0 });
  expect((await undo(webhook, everything)).json).toMatchObject({ postbacks: 0, calls: 0, sums: {} });
});

test('only postbacks of the period are undone', async () => {
  const webhook = await server.createWebhook();
  const id = await newCall();
  const times: string[] = [];
  for (const reason of ['a', 'b', 'c']) {
    const { json } = await server.post(webhook, { call_log_id: id, add: { [reason]: '1' } });
    times.push((await server.api('GET', `/postbacks/${json.postback_id}`)).json.received_at);
  }
  const { json } = await undo(webhook, { from: times[1], to: times[1] });
  expect(json.postbacks).toBeGreaterThanOrEqual(1);
  expect((await server.readCall(id)).tags).not.toHaveProperty('b');
});

test('a batch is undone by its id, and nothing else of its sender', async () => {
  const webhook = await server.createWebhook();
  const ids = await Promise.all(Array.from({ length: 5 }, () => newCall()));
  const send = async (revenue_paid_out: string, some: string[]) =>
    (
      await server.request('/update-fields/batch', {
        method: 'POST',
        headers: { 'x-auth-key': webhook.auth_key },
        body: some.map((call_log_id) => ({ call_log_id, revenue_paid_out })),
      })
    ).json.batch_id;
  await send('1', ids.slice(0, 2));
  const second = await send('2', ids);
  expect((await undo(webhook, { batch_id: second })).json).toMatchObject({
    postbacks: 5,
    sums: { revenue_paid_out: '-8.00' },
  });
  const amounts = await Promise.all(ids.map(async (id) => (await server.readCall(id)).revenue_paid_out));
  expect(amounts).toEqual(['1.00', '1.00', null, null, null]);
});

test('a batch that waits for its calls is canceled, and counts no call', async () => {
  const webhook = await server.createWebhook('update_fields', { unmatched: 'wait' });
  const { json } = await server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key },
    body: [
      { call_log_id: 'none', reason: 'a' },
      { phone_number: '+12135550180', reason: 'a' },
    ],
  });
  const { batch_id } = json;
  const counts = { calls: 0, postbacks: 2, canceled: 2 };
  expect((await undo(webhook, { batch_id, dry_run: true })).json).toMatchObject(counts);
  expect((await undo(webhook, { batch_id })).json).toMatchObject(counts);
});

test('an import is undone by its id', async () => {
  const webhook = await server.createWebhook();
  const ids = await Promise.all(Array.from({ length: 3 }, () => newCall()));
  const { text } = await server.request(`/api/v1/imports?webhook_id=${webhook.id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
    body: `call_log_id,revenue_paid_out\n${ids.map((id) => `${id},4`).join('\n')}\n`,
  });
  const { summary } = JSON.parse(text.trim().split('\n').at(-1) ?? '');
  const { json } = await undo(webhook, { import_id: summary.import_id });
  expect(json).toMatchObject({ postbacks: 3, calls: 3, sums: { revenue_paid_out: '-12.00' } });
});

test('more postbacks than fit in one step are all undone, also those of one call', async () => {
  const webhook = await server.createWebhook('update_fields', { repeats: { '*': 'add' } });
  const [one, ...others] = await Promise.all(
    Array.from({ length: 60 }, () => newCall({ revenue_paid_out: '100' })),
  );
  const updates = [...Array.from({ length: 200 }, () => one), ...others].map((call_log_id, at) => ({
    ...{ call_log_id, revenue_paid_out: '0.25', transaction_id: `${at}` },
  }));
  await server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key },
    body: updates,
  });
  expect((await server.readCall(one ?? '')).revenue_paid_out).toBe('150.00');
  const expected = {
    postbacks: 259,
    calls: 60,
    applied: 259,
    sums: { revenue_paid_out: '-64.75' },
    changed_since: [],
  };
  expect((await undo(webhook, { ...everything, dry_run: true })).json).toMatchObject(expected);
  const twice = await Promise.all([undo(webhook, everything), undo(webhook, everything)]);
  expect(twice.map(({ json }) => json.postbacks).reduce((sum, count) => sum + count)).toBe(259);
  expect((await server.readCall(one ?? '')).revenue_paid_out).toBe('100.00');
});

test('lines tell how far it is, and end with the summary', async () => {
  const webhook = await server.createWebhook();
  const id = await newCall();
  const updates = Array.from({ length: 120 }, (_, at) => ({ call_log_id: id, add: { [`k${at}`]: 'v' } }));
  const { json: batch } = await server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key },
    body: updates,
  });
  const read = async (body: object) => {
    const response = await server.request(`/api/v1/webhooks/incoming/${webhook.id}/undo`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, accept: 'application/x-ndjson' },
      body,
    });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = response.text.trim().split('\n');
    return lines.map((line: string) => JSON.parse(line));
  };
  const summary = { webhook_id: webhook.id, postbacks: 120, calls: 1, applied: 120 };
  expect(await read({ batch_id: batch.batch_id, dry_run: true })).toMatchObject([
    ...Array.from({ length: 5 }, () => ({ done: 120 })), // a call is previewed with all of its postbacks
    { summary: { ...summary, dry_run: true } },
  ]);
  expect(await read({ batch_id: batch.batch_id })).toMatchObject([
    ...[25, 50, 75, 100, 120].map((done) => ({ done })),
    { summary: { ...summary, dry_run: false } },
  ]);
  expect((await server.readCall(id)).tags).toEqual({});
});

test('the log names the batch of a postback, and lists the postbacks of a batch', async () => {
  const webhook = await server.createWebhook();
  const id = await newCall();
  await server.post(webhook, { call_log_id: id, reason: 'alone' });
  const { json } = await server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key },
    body: [
      { call_log_id: id, reason: 'one' },
      { call_log_id: id, reason: 'two' },
    ],
  });
  const batchIdsOf = async (query: string) =>
    (await server.api('GET', `/postbacks?${query}`)).json.items.map(
      (item: { batch_id: string | null }) => item.batch_id,
    );
  expect(await batchIdsOf(`batch_id=${json.batch_id}`)).toEqual([json.batch_id, json.batch_id]);
  expect(await batchIdsOf(`webhook_id=${webhook.id}`)).toEqual([json.batch_id, json.batch_id, null]);
  expect((await server.api('GET', '/postbacks?batch_id=x')).status).toBe(422);
});

test('the audit log has who did it, and not who only looked', async () => {
  const webhook = await server.createWebhook();
  await undo(webhook, { from: '2026-11-01', to: '2026-11-02', dry_run: true });
  await undo(webhook, { from: '2026-11-01', to: '2026-11-02' });
  const { items } = (await server.api('GET', '/audit?action=webhook.postbacks_undone')).json;
  const own = items.filter((item: { target_id: string }) => item.target_id === webhook.id);
  expect(own).toMatchObject([
    { changes: { from: { to: '2026-11-01T00:00:00.000Z' }, to: { to: '2026-11-03T00:00:00.000Z' } } },
  ]);
});

describe('what cannot be read is rejected', () => {
  test.each<[object, string[]]>([
    [{}, ['null: invalid_value']],
    [{ from: '2026-11-01' }, ['to: invalid_value']],
    [{ from: 'yesterday', to: 'today' }, ['from: invalid_value', 'to: invalid_value']],
    [{ from: '2026-11-02', to: '2026-11-01' }, ['to: invalid_value']],
    [{ batch_id: 'x' }, ['batch_id: invalid_value']],
    [{ ...everything, batch_id: '0199aaaa-0000-7000-8000-000000000001' }, ['null: conflicting_field']],
  ])('%j', async (body, expected) => {
    const answer = await undo(await server.createWebhook(), body);
    expect(answer.status).toBe(422);
    expect(
      answer.json.errors.map(({ field, code }: { field: string; code: string }) => `${field}: ${code}`),
    ).toEqual(expected);
  });

  test('for an unknown webhook', async () => {
    const unknown = { id: '0199aaaa-0000-7000-8000-000000000001' } as TestWebhook;
    expect((await undo(unknown, everything)).json.code).toBe('not_found');
  });
});
