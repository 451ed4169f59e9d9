/** What the writer of a mapping sees of a request. */
import { expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();

const mapping = {
  fields: {
    call_log_id: ['click_id', '/payload/id'],
    revenue_paid_out: { from: 'payout', as: 'money', currency: '$' },
    converted: { from: 'status', words: { sold: true } },
    'add.gclid': 'header.X-Gclid',
    'add.source': { value: 'acme' },
    transaction_id: { from: ['a', 'b'], join: '-' },
  },
};
const wellFormed = { fields: { ...mapping.fields, call_log_id: { from: ['click_id', '/payload/id'] } } };

const explain = (webhook: TestWebhook, body: object) =>
  server.api('POST', `/webhooks/incoming/${webhook.id}/explain`, body);

test('names for each field the source that was used, its text and its value or error', async () => {
  const webhook = await server.createWebhook('update_fields', { mapping: wellFormed });
  const answer = await explain(webhook, {
    request: {
      method: 'POST',
      query: { utm: 'x', reason: 'why' },
      headers: { 'X-Gclid': 'g1', Authorization: 'Bearer secret-text', 'X-Other': 'o' },
      body: {
        payload: { id: 'CA1', more: [{ deep: 1 }] },
        payout: '$12.50',
        status: 'lost',
        a: 1,
        b: 2,
        free: null,
      },
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    status: 'unreadable',
    fields: {
      call_log_id: { source: '/payload/id', text: 'CA1', value: 'CA1', error: null },
      revenue_paid_out: { source: 'payout', text: '$12.50', value: '12.50', error: null },
      converted: {
        source: 'status',
        text: 'lost',
        value: null,
        error: { code: 'unknown_word', detail: expect.stringContaining('"lost"') },
      },
      'add.gclid': { source: 'header.X-Gclid', text: 'g1', value: 'g1', error: null },
      'add.source': { source: null, text: null, value: 'acme', error: null },
      transaction_id: { source: 'a, b', text: '1-2', value: '1-2', error: null },
      reason: { source: 'reason', text: 'why', value: 'why', error: null },
    },
    errors: [{ field: 'converted', code: 'unknown_word', detail: expect.any(String) }],
    unused: [
      { source: 'utm', text: 'x' },
      { source: '/payload/more/0/deep', text: '1' },
      { source: '/free', text: 'null' },
      { source: 'header.x-other', text: 'o' },
    ],
  });
  expect(answer.text).not.toContain('secret-text');
});

test('reads a logged request, and with a mapping that is not saved', async () => {
  const webhook = await server.createWebhook('update_fields', {
    mapping: { fields: { call_log_id: 'id' } },
  });
  const sent = await server.post(webhook, { id: 'CA1', note: 'hello' });
  const { postback_id } = sent.json;
  const saved = await explain(webhook, { postback_id });
  expect(saved.json).toMatchObject({ status: 'unreadable', errors: [{ code: 'no_updates' }] });
  expect(saved.json.unused).toContainEqual({ source: '/note', text: 'hello' });
  const unsaved = await explain(webhook, {
    postback_id,
    mapping: { fields: { call_log_id: 'id', reason: 'note' } },
  });
  expect(unsaved.json).toMatchObject({
    status: 'read',
    fields: { reason: { source: 'note', value: 'hello' } },
  });
  const { json } = await server.api('GET', `/webhooks/incoming/${webhook.id}`);
  expect(json.mapping).toEqual({ fields: { call_log_id: 'id' } });
});

test('shows every record, and what is ignored', async () => {
  const webhook = await server.createWebhook('update_fields');
  const each = {
    ...{ each: '/events', only_when: [{ from: 'type', in: ['end'] }] },
    fields: { call_log_id: '/id', reason: 'note' },
  };
  const body = { events: [{ type: 'end', id: 'A', note: 'n' }, { type: 'start' }] };
  const answer = await explain(webhook, { request: { body }, mapping: each });
  expect(answer.json).toMatchObject({
    status: 'read',
    fields: { call_log_id: { value: 'A' } },
    records: [{ status: 'read' }, { status: 'ignored', fields: {} }],
  });
  const list = await explain(webhook, { request: { body: [1, 2] } });
  expect(list.json.errors[0].detail).toContain('each');
});

test('a condition on a name is about the record, or about the body around the records', async () => {
  const webhook = await server.createWebhook('update_fields');
  const mapping = {
    ...{ each: '/events', only_when: [{ from: 'type', in: ['end'] }] },
    fields: { call_log_id: 'id', reason: 'note' },
  };
  const statuses = async (body: object) => {
    const { json } = await explain(webhook, { request: { body }, mapping });
    return (json.records as { status: string }[]).map(({ status }) => status);
  };
  const events = [
    { id: 'A', note: 'n' },
    { id: 'B', note: 'n', type: 'start' },
  ];
  expect(await statuses({ type: 'end', events })).toEqual(['read', 'ignored']);
  expect(await statuses({ type: 'start', events })).toEqual(['ignored', 'ignored']);
  const unmet = async (body: object) => (await explain(webhook, { request: { body }, mapping })).json.unmet;
  expect(await unmet({ type: 'start', events })).toEqual([{ source: 'type', text: 'start' }]);
  expect(await unmet({ events })).toEqual([{ source: 'type', text: null }]);
  expect(await unmet({ type: 'end', events })).toBeUndefined();
  const outside = await explain(webhook, {
    request: { body: { id: 'X', type: 'end', events: [{ note: 'n' }] } },
    mapping,
  });
  expect(outside.json.fields.call_log_id).toMatchObject({ value: null });
});

test('reads pasted forms and queries', async () => {
  const webhook = await server.createWebhook('update_fields');
  const form = await explain(webhook, { request: { body: 'call_log_id=CA1&reason=a+b' } });
  expect(form.json).toMatchObject({ status: 'read', fields: { reason: { value: 'a b' } } });
  const query = await explain(webhook, {
    request: { method: 'GET', query: 'call_log_id=CA1&converted=yes' },
  });
  expect(query.json).toMatchObject({ fields: { converted: { text: 'yes', value: true } }, unused: [] });
});

test.each([
  [{}, 422, 'invalid_value'],
  [{ postback_id: 'x', request: {} }, 422, 'invalid_value'],
  [{ postback_id: '0199aaaa-0000-7000-8000-000000000000' }, 404, 'not_found'],
  [{ request: { body: '{"a":' } }, 400, 'malformed_body'],
  [{ request: {}, mapping: { fields: { nope: 'x' } } }, 422, 'mapping_invalid'],
])('rejects %j', async (body, status, code) => {
  const webhook = await server.createWebhook('update_fields');
  expectProblem(await explain(webhook, body), status, code);
});
