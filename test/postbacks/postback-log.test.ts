/** Every request with a valid key is kept, rejected ones too. Those without: access/invalid-keys.test.ts. */
import { beforeAll, describe, expect, test } from 'vitest';
import { pathOf, postText } from '../support/senders.ts';
import { type Answer, type TestWebhook, useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

/** As the list shows it, once it is known to tell the answer that was given. */
async function entryOf(answer: Answer) {
  const { status, json } = await server.api('GET', `/postbacks/${answer.headers.get('x-postback-id')}`);
  expect(status).toBe(200);
  const { answer: told, ...entry } = json;
  expect(told).toEqual({ status: answer.status, body: answer.json });
  return entry;
}

const send = (body: object, headers = {}) => server.post(webhook, body, headers);

test('an entry tells the request, what was made of it and what came of it', async () => {
  await server.createCall('whole', { phone_number: '+12125550123', tags: { old: '1' } });
  const query = '?utm_source=x&utm_source=y&auth_key=';
  const body =
    '{"phone_number":"2125550123","transaction_id":"T9","revenue_paid_out":1.10, "remove":["old"]}';
  const answer = await postText(server, webhook, body, 'application/json', query + webhook.auth_key);
  const { received_at, last_received_at, applied_at, source_ip, request, ...entry } = await entryOf(answer);
  expect(entry).toEqual({
    id: answer.json.postback_id,
    webhook_id: webhook.id,
    webhook_name: 'Test update_fields',
    status: 'applied',
    code: null,
    detail: null,
    call_log_id: 'whole',
    phone_number: '+12125550123',
    matched_by: 'phone_number',
    candidates: 1,
    transaction_id: 'T9',
    dry_run: false,
    update: { revenue_paid_out: '1.10', remove: ['old'] },
    changes: { revenue_paid_out: { from: null, to: '1.10' }, 'tags.old': { from: '1', to: null } },
    errors: [],
    ignored: ['utm_source'],
    times_received: 1,
    warnings: [],
    kept: [],
    undo_of: null,
    undone_by: null,
    changed_since: [],
    replay_of: null,
    replayed_by: null,
    batch_id: null,
  });
  expect(Date.parse(applied_at)).toBeGreaterThanOrEqual(Date.parse(received_at));
  expect(source_ip).toBe('127.0.0.1');
  expect(last_received_at).toBe(received_at);
  expect(request).toMatchObject({
    method: 'POST',
    query: { utm_source: ['x', 'y'] },
    headers: { 'content-type': 'application/json', host: expect.any(String) },
    body: { phone_number: '2125550123', transaction_id: 'T9', revenue_paid_out: 1.1, remove: ['old'] },
  });
  expect(Object.keys(request.query)).toEqual(['utm_source']);
  expect(Object.keys(request.headers)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(x-auth-key|authorization|cookie)$/)]),
  );
});

describe('every rejection of a valid key is in the log', () => {
  beforeAll(async () => {
    await server.createCall('CA1');
    await server.createCall('live', { state: 'live' });
    await server.createCall('A', { phone_number: '+12125550150' });
    await server.createCall('B', { phone_number: '+12125550150' });
    await send({ call_log_id: 'CA1', transaction_id: 'used', reason: 'r' });
  });

  const json = (text: string) => postText(server, webhook, text);
  const tags = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v']));
  const rejections: Record<string, () => Promise<Answer>> = {
    malformed_body: () => json('{"call_log_id"'),
    body_too_large: () => json(`{"x":"${'x'.repeat(70_000)}"}`),
    unsupported_media_type: () => postText(server, webhook, '<x/>', 'application/xml'),
    method_not_allowed: () =>
      server.request(`${pathOf(webhook)}?auth_key=${webhook.auth_key}`, { method: 'DELETE' }),
    wrong_webhook_type: () => server.request(`/update-tags?auth_key=${webhook.auth_key}`),
    link_preview: () => server.get(webhook, [['call_log_id', 'CA1']], { purpose: 'prefetch' }),
    call_not_found: () => send({ call_log_id: 'unknown', reason: 'r' }),
    no_call_in_window: () => send({ phone_number: '+12125559999', reason: 'r' }),
    call_not_completed: () => send({ call_log_id: 'live', publisher_paid_out: '1' }),
    transaction_id_reused: () => send({ call_log_id: 'CA1', transaction_id: 'used', reason: 'other' }),
    call_not_identified: () => send({ reason: 'r' }),
    conflicting_field: () => send({ call_log_id: 'CA1', reason: 'a', fields: { reason: 'b' } }),
    conflicting_tag: () => send({ call_log_id: 'CA1', add: { k: 'v' }, remove: ['k'] }),
    invalid_phone_number: () => send({ phone_number: 'x', reason: 'r' }),
    invalid_value: () => send({ call_log_id: 'CA1', converted: 'maybe' }),
    no_updates: () => send({ call_log_id: 'CA1' }),
    too_many_tags: () => send({ call_log_id: 'CA1', add: tags }),
    unknown_field: () => send({ call_log_id: 'CA1', fields: { x: 1 } }),
    unresolved_placeholder: () => send({ call_log_id: 'CA1', reason: '{reason}' }),
    ambiguous_call: async () => {
      const only = await server.createWebhook('update_fields', { match_rule: 'only' });
      return server.post(only, { phone_number: '+12125550150', reason: 'r' });
    },
    webhook_paused: async () => {
      const paused = await server.createWebhook();
      await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: true });
      return server.post(paused, { call_log_id: 'CA1', reason: 'r' });
    },
  };

  test.each(Object.keys(rejections))('%s', async (code) => {
    const answer = await rejections[code]?.();
    if (answer === undefined) throw new Error('no such rejection');
    const entry = await entryOf(answer);
    expect(entry).toMatchObject({ status: 'rejected', code, changes: {}, applied_at: null });
    expect(entry.detail.length).toBeGreaterThan(15);
    expect(entry.errors).toEqual(answer.json.errors ?? []);
    const found = await server.api('GET', `/postbacks?code=${code}&status=rejected`);
    const answered = { status: answer.status, body: answer.json };
    expect(found.json.items).toContainEqual({ ...entry, answer: answered });
  });

  test('with what could be read of the request', async () => {
    expect((await entryOf(await json('{"call_log_id":'))).request.body).toBe('{"call_log_id":');
    const form = await postText(
      server,
      webhook,
      'converted=maybe&converted=x&a=1',
      'application/x-www-form-urlencoded',
    );
    expect((await entryOf(form)).request.body).toEqual({ converted: ['maybe', 'x'], a: '1' });
    const broken = await postText(server, webhook, '{"a":"\\u0000 \\ud800 \\ud83d\\ude00 \\\\u0000"}');
    expect((await entryOf(broken)).request.body).toEqual({ a: '\ufffd \ufffd 😀 \\u0000' });
  });
});

test('texts with the characters that the format of the log’s rows escapes are kept exactly', async () => {
  const odd = 'a\tb\nc\rd \\N \\. \\\\ "q" {x,y} \'s 😀';
  const id = 'odd \\N\\.{"}';
  await server.createCall(id, { phone_number: '+12125550177' });
  const sent = {
    call_log_id: id,
    transaction_id: `t ${odd.replaceAll(/[\t\n\r]/g, ' ')}`,
    reason: odd,
    add: { [id]: odd },
  };
  const applied = await send(sent);
  expect(applied.json).toMatchObject({ status: 'applied', call_log_id: id });
  expect(await entryOf(applied)).toMatchObject({
    ...{ call_log_id: id, transaction_id: sent.transaction_id, update: { reason: odd, add: { [id]: odd } } },
    request: { body: sent },
    changes: { reason: { from: null, to: odd }, [`tags.${id}`]: { from: null, to: odd } },
  });
  expect((await send(sent)).json).toMatchObject({ duplicate: true, postback_id: applied.json.postback_id });
  const unknown = await send({ call_log_id: `no ${id}`, reason: odd });
  expect(await entryOf(unknown)).toMatchObject({ code: 'call_not_found', call_log_id: `no ${id}` });
});

test('one batch logs what is applied at once and what is queued', async () => {
  await Promise.all([server.createCall('mixed 1'), server.createCall('mixed 2', { state: 'live' })]);
  const items = [1, 2, 2, 1].map((n, at) => ({ call_log_id: `mixed ${n}`, reason: `r${at}` }));
  const batch = await server.request('/update-fields/batch', {
    ...{ method: 'POST', body: JSON.stringify(items) },
    headers: { 'content-type': 'application/json', 'x-auth-key': webhook.auth_key },
  });
  const statuses = batch.json.results.map(({ status }: { status: string }) => status);
  expect(statuses).toEqual(['applied', 'queued', 'queued', 'applied']);
  await server.api('POST', '/calls/mixed 2/complete');
  expect((await server.api('GET', '/calls/mixed 2')).json.reason).toBe('r2');
});

test('a queued update keeps the answer that it was given first', async () => {
  await server.createCall('ends', { state: 'live' });
  const answer = await send({ call_log_id: 'ends', converted: true });
  expect(answer.status).toBe(202);
  await server.api('POST', '/calls/ends/complete');
  expect(await entryOf(answer)).toMatchObject({ status: 'applied', changes: { converted: { to: true } } });
});

describe('the list', () => {
  let listed: TestWebhook;
  let ids: string[];
  let between: string;
  beforeAll(async () => {
    listed = await server.createWebhook();
    await server.createCall('done');
    await server.createCall('still live', { state: 'live' });
    const post = async (body: object) => (await server.post(listed, body)).json.postback_id;
    const early = [
      await post({ call_log_id: 'done', reason: 'a', transaction_id: 'L1' }),
      await post({ call_log_id: 'done', reason: 'a' }),
    ];
    between = new Date().toISOString();
    while (Date.now() <= Date.parse(between)) await new Promise(setImmediate);
    ids = [
      ...early,
      await post({ call_log_id: 'still live', reason: 'b' }),
      await post({ call_log_id: 'nope', reason: 'c', transaction_id: 'L1' }),
    ];
  });

  const idsOf = async (filter: string) => {
    const { json } = await server.api('GET', `/postbacks?webhook_id=${listed.id}${filter}`);
    return json.items.map(({ id }: { id: string }) => ids.indexOf(id));
  };

  test('is newest first and narrowed by every filter', async () => {
    expect(await idsOf('')).toEqual([3, 2, 1, 0]);
    expect(await idsOf('&status=applied')).toEqual([0]);
    expect(await idsOf('&status=unchanged')).toEqual([1]);
    expect(await idsOf('&status=queued')).toEqual([2]);
    expect(await idsOf('&status=rejected')).toEqual([3]);
    expect(await idsOf('&code=transaction_id_reused')).toEqual([3]);
    expect(await idsOf('&code=no_updates')).toEqual([]);
    expect(await idsOf('&call_log_id=done')).toEqual([1, 0]);
    expect(await idsOf('&call_log_id=nope')).toEqual([3]);
    expect(await idsOf('&transaction_id=L1')).toEqual([3, 0]);
    expect(await idsOf('&transaction_id=L1&status=applied')).toEqual([0]);
    const instant = encodeURIComponent(between);
    expect(await idsOf(`&to=${instant}`)).toEqual([1, 0]);
    expect(await idsOf(`&from=${instant}`)).not.toContain(0);
    expect(await idsOf(`&from=${instant}`)).toEqual(expect.arrayContaining([3, 2]));
    expect(await idsOf('&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')).toEqual([]);
  });

  test('comes in pages that miss nothing and repeat nothing', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 5; pages += 1) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json } = await server.api('GET', `/postbacks?webhook_id=${listed.id}&limit=3${after}`);
      seen.push(...json.items.map(({ id }: { id: string }) => ids.indexOf(id)));
      cursor = json.next_cursor;
    }
    expect(seen).toEqual([3, 2, 1, 0]);
  });

  test.each(['limit=0', 'limit=501', 'limit=x', 'cursor=x', 'status=done', 'webhook_id=1', 'from=yesterday'])(
    'rejects %s',
    async (query) => {
      const answer = await server.api('GET', `/postbacks?${query}`);
      expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value' });
      expect(answer.json.errors).toMatchObject([{ field: query.split('=')[0] }]);
    },
  );

  test('keeps the name of a deleted webhook', async () => {
    await server.api('DELETE', `/webhooks/incoming/${listed.id}`);
    const { json } = await server.api('GET', `/postbacks/${ids[0]}`);
    expect(json.webhook_name).toBe('Test update_fields');
  });
});
