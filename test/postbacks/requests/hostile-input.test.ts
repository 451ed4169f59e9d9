/** Whatever is sent: an answer of the contract, never a 5xx, never a hang, never a harmed neighbour. */
import { describe, expect, test } from 'vitest';
import { useTarget } from '../../support/requests/hostile.ts';
import { postText } from '../../support/senders.ts';

const { server, webhook, raw } = useTarget();
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

describe('text that cannot be stored', () => {
  test.each([
    ['NUL in an unknown name and value', '{"call_log_id":"CA1","reason":"1","a\\u0000":"b\\u0000"}', 200],
    ['half a surrogate pair there', '{"call_log_id":"CA1","reason":"2","a\\ud800":"b\\udfff"}', 200],
    ['NUL in a reason', '{"call_log_id":"CA1","reason":"a\\u0000b"}', 422],
    ['half a surrogate pair in a reason', '{"call_log_id":"CA1","reason":"a\\ud800b"}', 422],
    ['NUL in a tag', '{"call_log_id":"CA1","add":{"k\\u0000":"v","l":"\\u0000"},"remove":["\\u0000"]}', 422],
    ['NUL in a name inside fields', '{"call_log_id":"CA1","fields":{"a\\u0000":1}}', 422],
    ['half a surrogate pair in a name inside fields', '{"call_log_id":"CA1","fields":{"a\\ud800":1}}', 422],
    ['a raw NUL', '{"call_log_id":"CA1","reason":"a\0b"}', 400],
    ['a surrogate as raw bytes', Buffer.from('7b2261223a22eda080227d', 'hex'), 400],
    ['bytes that are not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex'), 400],
    ['an overlong NUL', Buffer.from('7b2261223a22c080227d', 'hex'), 400],
    ['UTF-16', Buffer.from('{"call_log_id":"CA1"}', 'utf16le'), 400],
  ])('%s is answered and logged', async (_name, body, status) => {
    const answer = await postText(server, webhook, body);
    expect(answer.status).toBe(status);
    const id = answer.headers.get('x-postback-id');
    expect((await server.api('GET', `/postbacks/${id}`)).json.id).toBe(id);
  });

  test('harms no neighbour that arrives with it', async () => {
    await server.createCall('neighbour');
    const sending = Array.from({ length: 40 }, (_, at) =>
      at % 4 === 0
        ? postText(server, webhook, `{"call_log_id":"neighbour","fields":{"\\u0000":"\\ud800"}}`)
        : server.post(webhook, { call_log_id: 'neighbour', add: { [`k${at}`]: 'v' } }),
    );
    const statuses = (await Promise.all(sending)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(10);
    expect(statuses.filter((status) => status === 200)).toHaveLength(30);
    expect(Object.keys((await server.readCall('neighbour')).tags)).toHaveLength(30);
  });
});

test('names of every object are names like any other', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const members = names.map((name) => `"${name}":"x"`).join();
  const onTop = await postText(server, webhook, `{"call_log_id":"CA1","dry_run":1,"reason":"r",${members}}`);
  expect(onTop.json.ignored).toEqual(names);
  const inFields = await postText(server, webhook, `{"call_log_id":"CA1","fields":{${members}}}`);
  expect(inFields.json.errors).toHaveLength(names.length);
  const asText = names.flatMap((name) => [`add[${name}]=x`, `${name}=1`]).join('&');
  await server.createCall('names');
  const tagged = await postText(server, webhook, `call_log_id=names&${asText}`, form);
  expect(tagged.json).toMatchObject({ status: 'applied', ignored: names });
  expect(Object.keys((await server.readCall('names')).tags).toSorted()).toEqual(names.toSorted());
  const nested = `{"call_log_id":"names","reason":"r","data":{${members},"revenue_paid_out":5}}`;
  expect((await postText(server, webhook, nested)).json).toMatchObject({ code: 'unknown_field' });
  const batch = await server.request(`/update-fields/batch?${names.map((name) => `${name}=1`).join('&')}`, {
    ...{ method: 'POST', body: `{"updates":[{"call_log_id":"names","reason":"r"}],${members}}` },
    headers: { 'content-type': json, 'x-auth-key': webhook.auth_key },
  });
  expect(batch.json.summary).toMatchObject({ applied: 1 });
  expect(Object.prototype).not.toHaveProperty('x');
});

describe('thousands of names', () => {
  const names = Array.from({ length: 5_000 }, (_, at) => `n${at}`);
  test.each([
    [
      'JSON',
      json,
      `{"call_log_id":"CA1","dry_run":true,"reason":"r",${names.map((name) => `"${name}":1`).join()}}`,
    ],
    ['a form', form, `call_log_id=CA1&dry_run=1&reason=r&${names.map((name) => `${name}=1`).join('&')}`],
  ])('on top of %s are ignored', async (_name, type, body) => {
    const answer = await postText(server, webhook, body, type);
    expect(answer.status).toBe(200);
    expect(answer.json.ignored).toEqual(names);
  });

  test.each([
    [
      'fields',
      json,
      `{"call_log_id":"CA1","fields":{${names.map((name) => `"${name}":1`).join()}}}`,
      'unknown_field',
    ],
    [
      'add',
      json,
      `{"call_log_id":"CA1","add":{${names.map((name) => `"${name}":null`).join()}}}`,
      'invalid_value',
    ],
    [
      'remove',
      json,
      `{"call_log_id":"CA1","remove":[${names.map((name) => `"${name}"`).join()}]}`,
      'too_many_tags',
    ],
    [
      'add of a form',
      form,
      `call_log_id=CA1&${names.map((name) => `add[${name}]=`).join('&')}`,
      'too_many_tags',
    ],
    [
      'one field of a form',
      form,
      `call_log_id=CA1&${names.map(() => 'converted=x').join('&')}`,
      'invalid_value',
    ],
  ])('in %s get an answer of a bounded size', async (_name, type, body, code) => {
    const answer = await postText(server, webhook, body, type);
    expect(answer.json).toMatchObject({ status: 422, code });
    expect(answer.text.length).toBeLessThan(100_000);
  });
});

describe('percent-encoding that is none', () => {
  test.each(['%zz', '%', '%%', '%f', '%u0041', 'a%2', '+%+', '100%'])(
    '%s stands for itself',
    async (text) => {
      const answer = await raw(`GET /update-fields?call_log_id=CA1&dry_run=1&reason=${text}`);
      expect(answer?.status).toBe(200);
      expect(JSON.parse(answer?.body ?? '').changes.reason.to).toBe(text.replaceAll('+', ' ').trim());
    },
  );

  test.each([
    '/update-fields/%zz',
    '/%',
    '/update-fields%',
    '/%00',
    '/api/v1/calls/%zz',
    '/update-fields/%2e%2e/x',
  ])('the path %s is nowhere', async (path) => {
    const answer = await raw(`GET ${path}?call_log_id=CA1&reason=r`);
    expect([400, 401, 404]).toContain(answer?.status);
  });

  test('macros of a URL that reads as bytes are still reported', async () => {
    for (const macro of ['%%id%%', '%%call_id%%', '%%deal%%', '%add%', '%%f%%']) {
      const answer = await raw(`GET /update-fields?call_log_id=${macro}&reason=r`);
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'unresolved_placeholder' });
    }
  });
});
