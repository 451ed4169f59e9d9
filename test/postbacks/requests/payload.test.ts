/** What a postback may be sent as. */
import { beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from '../../support/problem.ts';
import { encodings, type Payload, pathOf, postText, sendAs, textEncodings } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let fieldsWebhook: TestWebhook;
const webhooks = new Map<string, TestWebhook>();

beforeAll(async () => {
  for (const type of Object.keys(payloads)) webhooks.set(type, await server.createWebhook(type));
  fieldsWebhook = webhookOf('update_fields');
});

function webhookOf(type: string): TestWebhook {
  const webhook = webhooks.get(type);
  if (webhook === undefined) throw new Error(`there is no webhook of type ${type}`);
  return webhook;
}

let calls = 0;
async function newCall(fields: object = {}): Promise<string> {
  calls += 1;
  await server.createCall(`CA${calls}`, fields);
  return `CA${calls}`;
}

const payloads: Record<string, [payload: Payload, result: object]> = {
  update_fields: [
    { converted: true, revenue_paid_out: '12.5', reason: 'Größe 7', add: { deal: 'won' }, remove: ['old'] },
    { converted: true, revenue_paid_out: '12.50', reason: 'Größe 7', tags: { deal: 'won' } },
  ],
  update_revenue: [
    { revenue: '7.25', converted: true },
    { converted: true, revenue_paid_out: '7.25', tags: { old: '1' } },
  ],
  update_tags: [
    { add: { deal: 'won' }, remove: ['old'] },
    { tags: { deal: 'won' }, converted: false },
  ],
};

for (const type of Object.keys(payloads)) {
  describe.each(encodings)(`${type} by %s`, (encoding) => {
    test.each(['top level', 'fields', 'both'])('takes its fields at the %s', async (place) => {
      const [payload, result] = payloads[type] ?? [{}, {}];
      const callLogId = await newCall({ tags: { old: '1' } });
      const [first, ...others] = Object.entries(payload);
      const sent = {
        'top level': payload,
        fields: { fields: payload },
        both: { ...Object.fromEntries([first ?? []]), fields: Object.fromEntries(others) },
      }[place];
      const answer = await sendAs(server, webhookOf(type), encoding, {
        call_log_id: callLogId,
        ...sent,
      });
      expect(answer.json).toMatchObject({ status: 'applied', call_log_id: callLogId, ignored: [] });
      expect(answer.status).toBe(200);
      expect(await server.readCall(callLogId)).toMatchObject(result);
    });
  });
}

test.each(textEncodings)('%s takes fields as one JSON object', async (encoding) => {
  const callLogId = await newCall();
  const fields = JSON.stringify({ converted: true, reason: null, add: ['deal:won'] });
  const answer = await sendAs(server, fieldsWebhook, encoding, { call_log_id: callLogId, fields });
  expect(answer.status).toBe(200);
  expect(await server.readCall(callLogId)).toMatchObject({ converted: true, tags: { deal: 'won' } });
});

test.each(['remove', 'remove[]', 'remove[0]'])('a form names several tags to remove by %s', async (name) => {
  const callLogId = await newCall({ tags: { a: '1', b: '2', c: '3' } });
  const second = name.replace('0', '1');
  const answer = await server.get(fieldsWebhook, [
    ['call_log_id', callLogId],
    [name, 'a'],
    [second, 'b'],
  ]);
  expect(answer.json).toMatchObject({ status: 'applied', ignored: [] });
  expect((await server.readCall(callLogId)).tags).toEqual({ c: '3' });
});

test('a request that names neither a call nor a field gets both faults', async () => {
  const answer = await server.post(fieldsWebhook, { utm_source: 'x' });
  expect(answer.status).toBe(422);
  expect(faultsOf(answer)).toEqual(['null: call_not_identified', 'null: no_updates']);
  const macro = await server.post(fieldsWebhook, { call_log_id: '[call_id]' });
  expect(faultsOf(macro)).toEqual(['call_log_id: unresolved_placeholder', 'null: no_updates']);
});

test.each(['[1]', '"x"', 'no JSON', '{'])('fields that is no JSON object is rejected: %s', async (fields) => {
  const payload = { call_log_id: await newCall(), converted: true, fields };
  for (const encoding of encodings) {
    const answer = await sendAs(server, fieldsWebhook, encoding, payload);
    expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value', errors: [{ field: 'fields' }] });
  }
});

test.each([
  ['JSON', 'application/json', '{"revenue_paid_out":"2","add":{"k":"body"}}'],
  ['a form', 'application/x-www-form-urlencoded', 'revenue_paid_out=2&add[k]=body'],
  ['JSON, in fields', 'application/json', '{"fields":{"revenue_paid_out":"2","add":{"k":"body"}}}'],
])('query parameters count beside %s, and the body wins', async (_name, contentType, body) => {
  const callLogId = await newCall();
  const query = `?call_log_id=${callLogId}&revenue_paid_out=1&reason=query&add[k]=query`;
  const answer = await postText(server, fieldsWebhook, body, contentType, query);
  expect(answer.status).toBe(200);
  expect(await server.readCall(callLogId)).toMatchObject({
    revenue_paid_out: '2.00',
    reason: 'query',
    tags: { k: 'body' },
  });
});

test('a POST without a body is read from its query, whatever its content type', async () => {
  for (const contentType of ['', 'application/json', 'application/x-www-form-urlencoded']) {
    const callLogId = await newCall();
    const query = `?call_log_id=${callLogId}&converted=1`;
    expect((await postText(server, fieldsWebhook, '', contentType, query)).status).toBe(200);
  }
});

test.each(['application/xml', 'application/octet-stream', 'application/x-ndjson', 'text/html'])(
  'a body of type %s is rejected with 415',
  async (contentType) => {
    const answer = await postText(
      server,
      fieldsWebhook,
      '{"call_log_id":"CA1","converted":true}',
      contentType,
    );
    expect(answer.status).toBe(415);
    expect(answer.json.code).toBe('unsupported_media_type');
  },
);

test('a body of a type that ends in +json is read as JSON', async () => {
  const callLogId = await newCall();
  const body = `{"call_log_id":"${callLogId}","converted":true}`;
  expect((await postText(server, fieldsWebhook, body, 'application/vnd.api+json')).status).toBe(200);
});

test('a compressed body is rejected with 415', async () => {
  const answer = await server.request(pathOf(fieldsWebhook), {
    method: 'POST',
    headers: {
      'x-auth-key': fieldsWebhook.auth_key,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body: Buffer.from('1f8b08', 'hex'),
  });
  expect(answer.json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
});

test.each([
  ['a list', '[]'],
  ['a text', '"CA1"'],
  ['null', 'null'],
  ['a number', '12'],
  ['cut off', '{"call_log_id":'],
  ['a trailing comma', '{"call_log_id":"CA1",}'],
  ['two objects', '{}{}'],
  ['nested 10,000 deep', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['Latin-1', Buffer.from('{"call_log_id":"CA1","reason":"M\xfcller"}', 'latin1')],
])('a JSON body that is %s is rejected with 400', async (_name, body) => {
  for (const contentType of ['application/json', 'text/json', 'text/plain', 'none']) {
    const answer = await postText(server, fieldsWebhook, body, contentType);
    expect(answer.json).toMatchObject({ status: 400, code: 'malformed_body' });
  }
});

test('a body of 64 KiB is read and one byte more is rejected with 413', async () => {
  const callLogId = await newCall();
  const start = `{"call_log_id":"${callLogId}","converted":true,"junk":"`;
  const fitting = `${start}${'x'.repeat(64 * 1024 - start.length - 2)}"}`;
  expect((await postText(server, fieldsWebhook, fitting)).status).toBe(200);
  const answer = await postText(server, fieldsWebhook, ` ${fitting}`);
  expect(answer.status).toBe(413);
  expect(answer.json.code).toBe('body_too_large');
});

test('a byte order mark and a charset are taken for what they are', async () => {
  const callLogId = await newCall();
  const body = `\uFEFF{"call_log_id":"${callLogId}","reason":"Öl"}`;
  const answer = await postText(server, fieldsWebhook, body, 'Application/JSON; charset=utf-8');
  expect(answer.json.changes.reason.to).toBe('Öl');
});
