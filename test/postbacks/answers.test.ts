/** What a sender is answered. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rejectionCodes } from '../../src/core/updates/rejection.ts';
import { pathOf, postText } from '../support/senders.ts';
import { type Answer, type TestWebhook, useServer } from '../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function expectHeaders(answer: Answer, postbackStatus: string): void {
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-postback-status')).toBe(postbackStatus);
  expect(answer.headers.get('x-postback-id')).toMatch(uuidV7);
}

describe('JSON', () => {
  test('tells the outcome with every change from and to', async () => {
    const phone_number = '+12125550123';
    await server.createCall('first', { phone_number });
    await server.createCall('second', { phone_number, tags: { deal: 'open', old: '1' }, reason: 'was' });
    const answer = await server.post(webhook, {
      ...{ phone_number, converted: true, call_converted_at: '2026-01-02T03:04:05Z', revenue_paid_out: 12.5 },
      ...{ publisher_paid_out: 3, reason: null, no_payout_reason: 'caps_exceeded' },
      ...{ add: { deal: 'won', new: '2' }, remove: ['old', 'lacking'], utm_source: 'x' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expectHeaders(answer, 'applied');
    expect(answer.json).toEqual({
      postback_id: answer.headers.get('x-postback-id'),
      status: 'applied',
      duplicate: false,
      call_log_id: 'second',
      matched_by: 'phone_number',
      candidates: 2,
      changes: {
        converted: { from: false, to: true },
        call_converted_at: { from: null, to: '2026-01-02T03:04:05.000Z' },
        revenue_paid_out: { from: null, to: '12.50' },
        publisher_paid_out: { from: null, to: '3.00' },
        reason: { from: 'was', to: null },
        no_payout_reason: { from: null, to: 'Caps exceeded' },
        'tags.deal': { from: 'open', to: 'won' },
        'tags.new': { from: null, to: '2' },
        'tags.old': { from: '1', to: null },
      },
      ignored: ['utm_source'],
    });
  });

  test('tells only what changed', async () => {
    await server.createCall('partly', { reason: 'r', revenue_paid_out: '5', tags: { k: 'v' } });
    const answer = await server.post(webhook, {
      ...{ call_log_id: 'partly', reason: 'r', revenue_paid_out: '6', add: { k: 'v' } },
    });
    expect(answer.json.changes).toEqual({ revenue_paid_out: { from: '5.00', to: '6.00' } });
  });
});

describe('a rejection', () => {
  test('is a problem that lists every fault of the request', async () => {
    const answer = await server.post(webhook, {
      ...{
        call_log_id: true,
        converted: 'maybe',
        revenue_paid_out: '$5',
        reason: '[reason]',
        transaction_id: '',
      },
      ...{ no_payout_reason: 'none', add: { ok: 'yes', bad: null }, remove: ['ok'], dry_run: 'perhaps' },
      fields: { convertd: true, publisher_paid_out: '-1' },
    });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expectHeaders(answer, 'rejected');
    const { errors, ...problem } = answer.json;
    expect(problem).toEqual({
      type: 'urn:ringback:problem:unknown_field',
      title: 'There is no such field',
      status: 422,
      detail: expect.stringContaining('11 faults'),
      code: 'unknown_field',
      postback_id: answer.headers.get('x-postback-id'),
    });
    const listed = errors.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`);
    expect(listed.toSorted()).toEqual([
      'add.bad invalid_value',
      'add.ok conflicting_tag',
      'call_log_id invalid_value',
      'converted invalid_value',
      'dry_run invalid_value',
      'fields.convertd unknown_field',
      'fields.publisher_paid_out invalid_value',
      'no_payout_reason invalid_value',
      'reason unresolved_placeholder',
      'revenue_paid_out invalid_value',
      'transaction_id invalid_value',
    ]);
    for (const { detail } of errors) expect(detail).toMatch(/\w{4}.*/);
  });

  test('says what to do, in every code that a sender can get', async () => {
    await server.createCall('live', { state: 'live' });
    const send = (fields: object, headers = {}) =>
      server.post(webhook, { call_log_id: 'CA1', ...fields }, headers);
    const answers = {
      malformed_body: await postText(server, webhook, '{'),
      invalid_auth_key: await server.request('/update-fields'),
      wrong_webhook_type: await server.request('/update-tags', {
        headers: { 'x-auth-key': webhook.auth_key },
      }),
      call_not_found: await send({ call_log_id: 'unknown', reason: 'r' }),
      method_not_allowed: await server.request('/update-fields', { method: 'PUT' }),
      call_not_completed: await send({ call_log_id: 'live', publisher_paid_out: 1 }),
      unsupported_media_type: await postText(server, webhook, '<x/>', 'text/xml'),
      conflicting_field: await send({ reason: 'a', fields: { reason: 'b' } }),
      invalid_phone_number: await send({ call_log_id: null, phone_number: 'x', reason: 'r' }),
      invalid_value: await send({ converted: 'maybe' }),
      no_updates: await send({}),
      unresolved_placeholder: await send({ reason: '{reason}' }),
    };
    for (const [code, answer] of Object.entries(answers)) {
      const { httpStatus, title } = rejectionCodes[code as keyof typeof answers]; // Object.entries widens to string
      expect(answer.json).toMatchObject({
        type: `urn:ringback:problem:${code}`,
        title,
        status: httpStatus,
        code,
      });
      expect(answer.json.detail.length).toBeGreaterThan(15);
      expect(answer.status).toBe(httpStatus);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expectHeaders(answer, 'rejected');
    }
  });

  test('names the alias or the nested name that the sender wrote', async () => {
    const revenue = await server.createWebhook('update_revenue');
    const answer = await server.post(revenue, { call_log_id: 'CA1', fields: { amount: '5,00' } });
    expect(answer.json.errors).toMatchObject([{ field: 'fields.amount' }]);
  });
});

type Form = { name: string; path: string; parameters: [string, string][] };
const forms: Form[] = [
  { name: 'gif', path: '', parameters: [['return', 'gif']] },
  { name: 'gif', path: '.gif', parameters: [] },
  { name: 'gif', path: '.gif', parameters: [['return', 'json']] },
  { name: 'text', path: '', parameters: [['return', 'TEXT']] },
  { name: 'none', path: '', parameters: [['return', 'none']] },
  { name: 'json', path: '', parameters: [['return', 'json']] },
  { name: 'json', path: '', parameters: [['return', '']] },
];

describe.each(forms)('return=$name by $path $parameters', ({ name, path, parameters }) => {
  const ask = (method: string, fields: object) => {
    const query = new URLSearchParams(parameters);
    const init =
      method === 'GET'
        ? { path: `${path}?${new URLSearchParams({ ...Object.fromEntries(query), ...fields })}` }
        : { path: `${path}?${query}`, body: fields };
    const { path: rest, ...request } = init;
    const headers = { 'x-auth-key': webhook.auth_key };
    return server.request(pathOf(webhook) + rest, { method, headers, ...request });
  };

  test.each(['GET', 'POST'])('answers a success by %s', async (method) => {
    await server.createCall('forms', { state: 'completed' });
    await server.createCall('live forms', { state: 'live' });
    const reason = `${name} ${path} ${parameters.length} ${method}`;
    const applied = await ask(method, { call_log_id: 'forms', reason });
    const queued = await ask(method, { call_log_id: 'live forms', reason });
    const statuses = name === 'none' ? [204, 204] : [200, 202];
    expect([applied.status, queued.status]).toEqual(statuses);
    expectHeaders(applied, 'applied');
    expectHeaders(queued, 'queued');
    for (const answer of [applied, queued]) {
      expectBody(answer, { gif: null, text: 'OK', none: '', json: undefined }[name]);
    }
    expect((await server.readCall('forms')).reason).toBe(reason.trim());
  });

  test.each(['GET', 'POST'])('answers a rejection by %s', async (method) => {
    const answer = await ask(method, { call_log_id: 'unknown', reason: 'r' });
    expect(answer.status).toBe(404);
    expectHeaders(answer, 'rejected');
    expectBody(answer, { gif: null, text: 'ERROR call_not_found' }[name]);
    if (name === 'none') expect(answer.json.code).toBe('call_not_found');
  });

  test('answers a rejection of the key and of the body', async () => {
    const query = new URLSearchParams(parameters);
    const noKey = await server.request(`${pathOf(webhook)}${path}?${query}`);
    expect(noKey.status).toBe(401);
    expectBody(noKey, { gif: null, text: 'ERROR invalid_auth_key' }[name]);
    const broken = await postText(server, webhook, '{', 'application/json', `${path}?${query}`);
    expect(broken.status).toBe(400);
    expectBody(broken, { gif: null, text: 'ERROR malformed_body' }[name]);
    expectHeaders(noKey, 'rejected');
  });

  /** @param text what the body must be; null for a pixel, undefined for JSON */
  function expectBody(answer: Answer, text: string | null | undefined): void {
    const type = answer.headers.get('content-type');
    if (text === undefined) expect(type).toMatch(/^application\/(problem\+)?json/);
    else if (text === null) expect(type).toBe('image/gif');
    else if (text === '') expect(type).toBeNull();
    else expect(type).toBe('text/plain; charset=utf-8');
    if (typeof text === 'string') expect(answer.text).toBe(text);
  }
});

test('the pixel is a transparent GIF of 1x1', async () => {
  const response = await fetch(`${server.url}/update-fields.gif`);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(0, 6).toString()).toBe('GIF89a');
  expect([bytes.readUInt16LE(6), bytes.readUInt16LE(8)]).toEqual([1, 1]);
  const control = bytes.indexOf(Buffer.from('21f904', 'hex'));
  expect((bytes[control + 3] ?? 0) & 1).toBe(1); // the transparency flag of the graphic control extension
  expect(bytes.at(-1)).toBe(0x3b);
});

test('return may be in the body, and an unknown one is rejected', async () => {
  const body = { call_log_id: 'CA1', dry_run: true, reason: 'r' };
  expect((await server.post(webhook, { ...body, return: 'text' })).text).toBe('OK');
  const answer = await server.post(webhook, { ...body, return: 'xml' });
  expect(answer.json).toMatchObject({ status: 422, errors: [{ field: 'return', code: 'invalid_value' }] });
});
