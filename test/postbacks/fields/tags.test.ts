/** `add` and `remove` in every spelling, and their limits. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodings, type Payload, postText, sendAs, textEncodings } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook('update_tags');
  await server.createCall('CA1', { tags: { old: '1' } });
});

let calls = 0;
/** The tags of a call after a postback that must be taken. */
async function tagsAfter(send: (callLogId: string) => Promise<{ status: number }>, tags: object = {}) {
  calls += 1;
  const callLogId = `T${calls}`;
  await server.createCall(callLogId, { tags });
  expect((await send(callLogId)).status).toBe(200);
  return (await server.readCall(callLogId)).tags;
}

describe('add', () => {
  test.each([
    ['an object', { deal: 'won', Deal: 'kept apart' }, { deal: 'won', Deal: 'kept apart' }],
    [
      'values that are numbers and booleans',
      { n: 12.5, z: 0, t: true, f: false },
      { n: '12.5', z: '0', t: 'true', f: 'false' },
    ],
    [
      'pairs',
      [
        { key: 'deal', value: 'won' },
        { value: 7, key: 'n' },
      ],
      { deal: 'won', n: '7' },
    ],
    [
      'one-pair objects',
      [{ deal: 'won' }, { n: 7 }, { key: 'k' }, { value: 'v' }],
      { deal: 'won', n: '7', key: 'k', value: 'v' },
    ],
    [
      'texts',
      ['deal:won', 'stage=lost', 'url:http://x/?a=1', 'sum=1:2', 'alone'],
      { deal: 'won', stage: 'lost', url: 'http://x/?a=1', sum: '1:2', alone: 'true' },
    ],
    ['a mixed list', ['a:1', { b: '2' }, { key: 'c', value: '3' }], { a: '1', b: '2', c: '3' }],
    ['one text', 'deal:won', { deal: 'won' }],
    ['keys to trim', { ' deal ': ' won ' }, { deal: ' won ' }],
    ['an empty value', { deal: '' }, { deal: '' }],
    [
      'names of every object',
      JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}'),
      JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}'),
    ],
    ['a repeated key, whose last value counts', ['deal:won', 'deal:lost'], { deal: 'lost' }],
    ['nothing', {}, {}],
  ])('takes %s in JSON', async (_name, add, tags) => {
    expect(await tagsAfter((id) => server.post(webhook, { call_log_id: id, add }))).toEqual(tags);
    const inFields = (id: string) => server.post(webhook, { call_log_id: id, fields: { add } });
    expect(await tagsAfter(inFields)).toEqual(tags);
  });

  test.each([
    ['fields', { fields: '{"add":{"deal":"won"}}' }],
    ['add', { add: '{"deal":"won"}' }],
    ['add', { fields: { add: '["deal:won"]' } }],
    ['add', { add: ['{"key":"deal","value":"won"}'] }],
    ['add[deal]', { 'add[deal]': 'won' }],
    ['add.deal', { 'add.deal': 'won' }],
    ['add[]', { 'add[]': ['deal:won'] }],
    ['add[0]', { 'add[0]': 'deal:won' }],
    ['add[0][key]', { 'add[0][key]': 'deal', 'add[0][value]': 'won' }],
    ['fields[add][deal]', { 'fields[add][deal]': 'won' }],
    ['fields.add.deal', { 'fields.add.deal': 'won' }],
    ['add[deal] in fields', { fields: { 'add[deal]': 'won' } }],
  ])('takes %s of JSON as a tool makes it of a form or of a nested text', async (_name, payload) => {
    const send = (id: string) => server.post(webhook, { call_log_id: id, ...payload });
    expect(await tagsAfter(send)).toEqual({ deal: 'won' });
  });

  test.each(['add={"deal":"won","note":"a&b"}', 'add=["deal:won","note:a&b"]', 'fields={"add":{"a":"b&c"}}'])(
    'makes no tags of the pieces of %s',
    async (text) => {
      const answer = await server.request(`/update-tags?call_log_id=CA1&${text}`, {
        headers: { 'x-auth-key': webhook.auth_key },
      });
      expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value' });
      expect((await server.readCall('CA1')).tags).toEqual({ old: '1' });
    },
  );

  test('keeps every digit of a JSON number', async () => {
    const add = '{"a":12.34000000000000000001,"b":1e2,"c":12345678901234567890,"d":99999999999999.1234}';
    const tags = await tagsAfter((id) => postText(server, webhook, `{"call_log_id":"${id}","add":${add}}`));
    expect(tags).toEqual({
      a: '12.34000000000000000001',
      b: '1e2',
      c: '12345678901234567890',
      d: '99999999999999.1234',
    });
  });

  test.each([
    ['add[deal]=won&add[n]=7', { deal: 'won', n: '7' }],
    ['add%5Bdeal%5D=a%3Ab%2Cc', { deal: 'a:b,c' }],
    ['add[a[b]]=c', { 'a[b]': 'c' }],
    ['add=deal:won', { deal: 'won' }],
    ['add=deal:won&add=stage=lost&add=alone', { deal: 'won', stage: 'lost', alone: 'true' }],
    ['add=deal:won,stage=lost,%20alone%20,', { deal: 'won', stage: 'lost', alone: 'true' }],
    ['add[]=deal:won&add[]=n=7', { deal: 'won', n: '7' }],
    ['add={"deal":"won,","n":7}', { deal: 'won,', n: '7' }],
    ['add=["deal:a,b",{"n":7},{"key":"k","value":true}]', { deal: 'a,b', n: '7', k: 'true' }],
    ['add[deal]=won&add=n:7&add={"j":1}', { deal: 'won', n: '7', j: '1' }],
    ['fields[add][deal]=won', { deal: 'won' }],
    ['fields[add]=deal:won,n:7', { deal: 'won', n: '7' }],
    ['fields={"add":["deal:won"]}', { deal: 'won' }],
    ['add[__proto__]=p&add[deal]=', JSON.parse('{"__proto__":"p","deal":""}')],
  ])('takes the text %s', async (text, tags) => {
    const query = (id: string) =>
      server.request(`/update-tags?call_log_id=${id}&${text}`, {
        headers: { 'x-auth-key': webhook.auth_key },
      });
    expect(await tagsAfter(query)).toEqual(tags);
    const form = (id: string) =>
      postText(server, webhook, `call_log_id=${id}&${text}`, 'application/x-www-form-urlencoded');
    expect(await tagsAfter(form)).toEqual(tags);
  });

  test('overwrites what the call has and keeps the rest', async () => {
    const add = (id: string) => server.post(webhook, { call_log_id: id, add: { deal: 'won' } });
    expect(await tagsAfter(add, { deal: 'open', stage: '2' })).toEqual({ deal: 'won', stage: '2' });
  });

  test.each([
    ['add', 5],
    ['add', true],
    ['add', [5]],
    ['add', [null]],
    ['add', [['deal', 'won']]],
    ['add', [{ a: '1', b: '2' }]],
    ['add', [{}]],
    ['add', { '': 'x' }],
    ['add', { '  ': 'x' }],
    ['add', [':x']],
    ['add', { ['k'.repeat(101)]: 'x' }],
    ['add', { 'a\0': 'x' }],
    ['add', { 'a\ud800': 'x' }],
    ['add.deal', { deal: null }],
    ['add.deal', { deal: ['won'] }],
    ['add.deal', { deal: { to: 'won' } }],
    ['add.deal', { deal: 'x'.repeat(1_001) }],
    ['add.deal', { deal: 'a\0' }],
    ['add.deal', { deal: 'a\udc00' }],
  ])('rejects, naming %s: %#', async (field, add) => {
    const answer = await server.post(webhook, { call_log_id: 'CA1', add });
    expect(answer.json).toMatchObject({ status: 422, errors: [{ field, code: 'invalid_value' }] });
    expect((await server.readCall('CA1')).tags).toEqual({ old: '1' });
  });
});

describe('remove', () => {
  const tags = { a: '1', b: '2', C: '3', 'd e': '4' };
  test.each([
    ['one text', 'a', ['a']],
    ['a list', ['a', ' b ', 'd e', 'a'], ['a', 'b', 'd e']],
    ['a list as text', '["a","b"]', ['a', 'b']],
    ['keys that the call lacks', ['a', 'c', 'nothing', '__proto__', 'constructor'], ['a']],
    ['nothing', [], []],
  ])('takes %s in JSON', async (_name, remove, gone) => {
    const after = await tagsAfter((id) => server.post(webhook, { call_log_id: id, remove }), tags);
    expect(after).toEqual(Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.includes(key))));
  });

  test.each([
    'remove=a&remove=b',
    'remove=a,b',
    'remove=%20a%20,,b,',
    'remove[]=a&remove[]=b',
    'remove=["a","b"]',
    'fields[remove]=a,b',
    'fields[remove][]=a&fields[remove][]=b',
  ])('takes the text %s', async (text) => {
    const query = (id: string) =>
      server.request(`/update-tags?call_log_id=${id}&${text}`, {
        headers: { 'x-auth-key': webhook.auth_key },
      });
    expect(await tagsAfter(query, tags)).toEqual({ C: '3', 'd e': '4' });
    const form = (id: string) =>
      postText(server, webhook, `call_log_id=${id}&${text}`, 'application/x-www-form-urlencoded');
    expect(await tagsAfter(form, tags)).toEqual({ C: '3', 'd e': '4' });
  });

  test.each([[5], [{ a: true }], [[5]], [['a', null]], [['']], [['k'.repeat(101)]], [null]])(
    'rejects %j',
    async (remove) => {
      const answer = await server.post(webhook, { call_log_id: 'CA1', remove });
      expect(answer.json).toMatchObject({
        status: 422,
        errors: [{ field: 'remove', code: 'invalid_value' }],
      });
    },
  );
});

const keys = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `k${from + at}`);
const tagsOf = (names: string[]) => Object.fromEntries(names.map((key) => [key, 'v']));

describe('limits', () => {
  test('keys of 100 and values of 1,000 characters fit', async () => {
    const add = { ['😀'.repeat(100)]: '😀'.repeat(1_000) };
    expect(await tagsAfter((id) => server.post(webhook, { call_log_id: id, add }))).toEqual(add);
  });

  test('50 keys a request fit, add and remove together, and one more is rejected', async () => {
    const fitting = { add: tagsOf(keys(30)), remove: keys(20, 100) };
    await tagsAfter((id) => server.post(webhook, { call_log_id: id, ...fitting }));
    for (const over of [
      { add: tagsOf(keys(51)) },
      { remove: keys(51) },
      { ...fitting, add: tagsOf(keys(31)) },
    ]) {
      const answer = await server.post(webhook, { call_log_id: 'CA1', ...over });
      expect(answer.json).toMatchObject({ status: 422, code: 'too_many_tags' });
    }
  });

  test('200 tags on a call fit, one more is rejected, and removing makes room in the same request', async () => {
    await server.createCall('full', { tags: tagsOf(keys(199)) });
    expect((await server.post(webhook, { call_log_id: 'full', add: { last: '1' } })).status).toBe(200);
    const over = await server.post(webhook, { call_log_id: 'full', add: { more: '1' } });
    expect(over.json).toMatchObject({ status: 422, code: 'too_many_tags', call_log_id: 'full' });
    expect(Object.keys((await server.readCall('full')).tags)).toHaveLength(200);
    expect((await server.post(webhook, { call_log_id: 'full', add: { last: '2' } })).status).toBe(200);
    const swap = await server.post(webhook, { call_log_id: 'full', add: { more: '1' }, remove: 'k0' });
    expect(swap.json).toMatchObject({ status: 'applied' });
    expect(Object.keys((await server.readCall('full')).tags)).toHaveLength(200);
  });
});

test.each(encodings)('one key in add and remove is rejected by %s', async (encoding) => {
  const payload: Payload = { call_log_id: 'CA1', add: { deal: 'won' }, remove: [' deal ', 'old'] };
  const answer = await sendAs(server, webhook, encoding, payload);
  expect(answer.json).toMatchObject({
    status: 422,
    code: 'conflicting_tag',
    errors: [{ field: 'add.deal' }],
  });
  const inFields = await sendAs(server, webhook, encoding, {
    call_log_id: 'CA1',
    add: { deal: 'won' },
    fields: { remove: ['deal'] },
  });
  expect(inFields.json.code).toBe('conflicting_tag');
  expect((await server.readCall('CA1')).tags).toEqual({ old: '1' });
});

test.each(textEncodings)('an empty add by %s adds nothing', async (encoding) => {
  const answer = await sendAs(server, webhook, encoding, { call_log_id: 'CA1', add: '', remove: '' });
  expect(answer.json).toMatchObject({ status: 'unchanged', changes: {} });
});
