/** A refused postback goes through again: the same request, the same pipeline, done once (`POST /postbacks/{id}/replay`). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAccount } from '../support/accounts.ts';
import { expectProblem } from '../support/problem.ts';
import { postText } from '../support/senders.ts';
import { type Answer, startTestServer, type TestServer, type TestWebhook } from '../support/server.ts';

let server: TestServer;
let webhook: TestWebhook;

beforeAll(async () => {
  server = await startTestServer();
  webhook = await server.createWebhook();
});

afterAll(() => server.stop());

const idOf = (answer: Answer): string => answer.headers.get('x-postback-id') ?? '';
const replay = (id: string, body?: object) => server.api('POST', `/postbacks/${id}/replay`, body);
const read = async (id: string) => (await server.api('GET', `/postbacks/${id}`)).json;

async function refused(body: object, code: string, by = webhook): Promise<string> {
  const answer = await server.post(by, body);
  expect(answer.json.code).toBe(code);
  return idOf(answer);
}

describe('once its cause is mended, a refused postback is applied', () => {
  test('whose call was not known yet; log and timeline say that it is a replay, and whose', async () => {
    const id = await refused(
      { call_log_id: 'late', revenue_paid_out: 12.5, add: ['deal:won'] },
      'call_not_found',
    );
    await server.createCall('late');
    const answer = await replay(id);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        postback_id: expect.any(String),
        status: 'applied',
        duplicate: false,
        call_log_id: 'late',
        matched_by: 'call_log_id',
        candidates: 1,
        changes: {
          revenue_paid_out: { from: null, to: '12.50' },
          'tags.deal': { from: null, to: 'won' },
        },
        ignored: [],
      },
    ]);
    expect(idOf(answer)).toBe(answer.json.postback_id);
    const first = await read(id);
    expect(first).toMatchObject({
      status: 'rejected',
      code: 'call_not_found',
      replay_of: null,
      replayed_by: null,
    });
    const logged = await read(answer.json.postback_id);
    expect(logged).toMatchObject({
      ...{ status: 'applied', webhook_id: webhook.id, replay_of: id, replayed_by: 'owner' },
      request: first.request,
    });
    expect(Date.parse(logged.received_at)).toBeGreaterThan(Date.parse(first.received_at));
    const { json } = await server.api('GET', '/calls/late/timeline');
    expect(json.items.filter(({ kind }: { kind: string }) => kind === 'postback')).toMatchObject([
      { status: 'rejected', postback_id: id, by: 'Test update_fields' },
      {
        status: 'applied',
        postback_id: logged.id,
        by: 'Test update_fields',
        replay_of: id,
        replayed_by: 'owner',
      },
    ]);
    expect((await server.api('GET', `/postbacks?replay_of=${id}`)).json.items).toMatchObject([
      { id: logged.id },
    ]);
  });

  test('whose webhook was paused', async () => {
    const paused = await server.createWebhook();
    await server.createCall('paused');
    await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: true });
    const id = await refused({ call_log_id: 'paused', reason: 'r' }, 'webhook_paused', paused);
    const still = await replay(id);
    expectProblem(still, 403, 'webhook_paused');
    expect(await read(idOf(still))).toMatchObject({ code: 'webhook_paused', replay_of: id });
    await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: false });
    expect((await replay(id)).json.status).toBe('applied');
  });

  test('whose call was live, and whose number is read with the account’s new country', async () => {
    await server.createCall('was live', { state: 'live' });
    const live = await refused({ call_log_id: 'was live', publisher_paid_out: '3' }, 'call_not_completed');
    await server.api('POST', '/calls/was%20live/complete');
    expect((await replay(live)).json.status).toBe('applied');

    await server.createCall('german', { phone_number: '+4930901820' });
    const id = await refused({ phone_number: '030901820', reason: 'r' }, 'invalid_phone_number');
    await server.api('PATCH', '/account', { default_country: 'DE' });
    expect((await replay(id)).json).toMatchObject({ status: 'applied', call_log_id: 'german' });
    await server.api('PATCH', '/account', { default_country: 'US' });
  });

  test('in whatever form it came, with every digit', async () => {
    const digits = '99999999.9999';
    const json = await postText(server, webhook, `{"call_log_id":"forms","revenue_paid_out":${digits}}`);
    const form = await postText(
      server,
      webhook,
      'fields[reason]=a+%26+b&add[k]=v&add[k2]=null&call_converted_at=&call_log_id=other',
      'application/x-www-form-urlencoded',
      '?call_log_id=forms&utm=1&utm=2',
    );
    const query = await server.get(webhook, [
      ['call_log_id', 'forms'],
      ['remove', 'k2,k3'],
      ['no_payout_reason', 'caps_exceeded'],
      ['return', 'gif'],
    ]);
    for (const answer of [json, form, query]) expect(answer.status).toBe(404);
    await server.createCall('forms');
    await server.createCall('other', { call_converted_at: '2026-01-01T00:00:00Z' });
    expect((await replay(idOf(json))).json.changes.revenue_paid_out.to).toBe(digits);
    // The body wins over the query, and an empty text of a form is null.
    expect((await replay(idOf(form))).json).toMatchObject({
      ...{ call_log_id: 'other', ignored: ['utm'] },
      changes: {
        reason: { from: null, to: 'a & b' },
        call_converted_at: { from: '2026-01-01T00:00:00.000Z', to: null },
        'tags.k': { from: null, to: 'v' },
      },
    });
    expect((await replay(idOf(query))).json.changes).toEqual({
      no_payout_reason: { from: null, to: 'Caps exceeded' },
    });
  });

  test('as an item of a batch, and as a row of a file', async () => {
    const batch = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key, 'idempotency-key': 'B' },
      body: [{ call_log_id: 'item', reason: 'r' }, 'no object'],
    });
    const [item, broken] = batch.json.results;
    await server.createCall('item');
    expect((await replay(item.postback_id)).json).toMatchObject({ status: 'applied', call_log_id: 'item' });
    expectProblem(await replay(broken.postback_id), 409, 'not_replayable');

    const sent = await server.request('/api/v1/imports?import_key=K', {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
      body: 'call_log_id,call_converted_at,add\nrow,,"a:1,b:2"\n',
    });
    const row = JSON.parse(sent.text.split('\n')[0] ?? '');
    expect(row.code).toBe('call_not_found');
    await server.createCall('row', { call_converted_at: '2026-01-01T00:00:00Z' });
    const done = await replay(row.postback_id);
    expect(done.json.changes).toMatchObject({ 'tags.a': { to: '1' }, 'tags.b': { to: '2' } });
    expect((await read(done.json.postback_id)).transaction_id).toBe('K#1');
  });
});

describe('a replay counts from the first receipt', () => {
  /** Makes a refused postback look as old as `days`. */
  async function age(id: string, days: number): Promise<string> {
    const [row] = await server.database.query(
      `update postback set received_at = received_at - $2 * interval '1 day' where postback_id = $1
       returning to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
      [id, days],
    );
    return String(row?.['at']);
  }

  test('its match window, and its conversion time', async () => {
    const phone = '+12125550177';
    const id = await refused({ phone_number: phone, converted: true }, 'no_call_in_window');
    const receivedAt = await age(id, 20);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await server.createCall('then', { phone_number: phone, started_at: daysAgo(21) });
    await server.createCall('now', { phone_number: phone, started_at: daysAgo(1) });
    const { json } = await replay(id);
    expect(json).toMatchObject({ call_log_id: 'then', candidates: 1 });
    expect(json.changes.call_converted_at.to).toBe(receivedAt);
  });

  test('and so it does where it waits for its call to complete', async () => {
    const id = await refused({ call_log_id: 'waits', converted: true }, 'call_not_found');
    const receivedAt = await age(id, 3);
    await server.createCall('waits', { state: 'live' });
    expect(await replay(id)).toMatchObject({ status: 202, json: { status: 'queued', duplicate: false } });
    expect(await replay(id)).toMatchObject({ status: 202, json: { status: 'queued', duplicate: true } });
    await server.api('POST', '/calls/waits/complete');
    expect(await server.readCall('waits')).toMatchObject({ converted: true, call_converted_at: receivedAt });
  });
});

describe('it is done once', () => {
  test.each([
    ['with a transaction id', { transaction_id: 'once' }],
    ['without one', {}],
  ])('however many replays arrive at once, %s', async (name, extra) => {
    const id = await refused({ call_log_id: name, reason: 'r', ...extra }, 'call_not_found');
    await server.createCall(name);
    const answers = await Promise.all(Array.from({ length: 20 }, () => replay(id)));
    const done = answers.filter(({ json }) => !json.duplicate);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(done.length).toBe(1);
    expect(new Set(answers.map(({ json }) => json.postback_id)).size).toBe(1);
    const { json } = await server.api('GET', `/postbacks?replay_of=${id}`);
    expect(json.items.length).toBe(1);
    // What happened since is not undone by one more click.
    await server.post(webhook, { call_log_id: name, reason: 'newer' });
    expect((await replay(id)).json.duplicate).toBe(true);
    expect((await server.readCall(name)).reason).toBe('newer');
  });

  test('and not again where the sender’s own repeat was first, nor the other way round', async () => {
    const update = { call_log_id: 'twice', revenue_paid_out: '5', transaction_id: 'T' };
    const id = await refused(update, 'call_not_found');
    await server.createCall('twice');
    const own = await server.post(webhook, update);
    expect(own.json).toMatchObject({ status: 'applied', duplicate: false });
    const answer = await replay(id);
    expect(answer.json).toEqual({ ...own.json, duplicate: true });

    const other = { call_log_id: 'twice too', revenue_paid_out: '5', transaction_id: 'T2' };
    const first = await refused(other, 'call_not_found');
    await server.createCall('twice too');
    const replayed = await replay(first);
    expect((await server.post(webhook, other)).json).toEqual({ ...replayed.json, duplicate: true });
    expectProblem(
      await server.post(webhook, { ...other, revenue_paid_out: '6' }),
      409,
      'transaction_id_reused',
    );
  });

  test('a replay that is refused again may be replayed: as one more replay of the first', async () => {
    const id = await refused({ call_log_id: 'third', reason: 'r' }, 'call_not_found');
    const again = await replay(id);
    expectProblem(again, 404, 'call_not_found');
    await server.createCall('third');
    const [one, other] = await Promise.all([replay(id), replay(idOf(again))]);
    expect([one.json.duplicate, other.json.duplicate].sort()).toEqual([false, true]);
    expect((await read(one.json.postback_id)).replay_of).toBe(id);
  });

  test('an update that its call’s completion refused is done by a replay, though its id is used up', async () => {
    await server.createCall('full', { state: 'live' });
    const { json: queued } = await server.post(webhook, {
      ...{ call_log_id: 'full', transaction_id: 'F', add: { one_more: 'x' } },
    });
    const tags = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, 'v']));
    await server.api('POST', '/calls/full/complete', { tags });
    expect(await read(queued.postback_id)).toMatchObject({ status: 'rejected', code: 'too_many_tags' });
    expectProblem(await replay(queued.postback_id), 422, 'too_many_tags');
    await server.api('PATCH', '/calls/full', { remove: ['k1'] });
    const answers = await Promise.all([replay(queued.postback_id), replay(queued.postback_id)]);
    expect(answers.map(({ json }) => [json.status, json.duplicate]).sort()).toEqual([
      ['applied', false],
      ['applied', true],
    ]);
    expect((await server.readCall('full')).tags.one_more).toBe('x');
  });
});

test('a dry run tells what a replay would do, and does nothing', async () => {
  const id = await refused({ call_log_id: 'dry', revenue_paid_out: '7' }, 'call_not_found');
  expectProblem(await replay(id, { dry_run: true }), 404, 'call_not_found');
  await server.createCall('dry');
  for (const answer of [
    await replay(id, { dry_run: true }),
    await server.api('POST', `/postbacks/${id}/replay?dry_run=1`),
  ]) {
    expect(answer.json).toMatchObject({ dry_run: true, status: 'applied', duplicate: false });
    expect(answer.json.changes).toEqual({ revenue_paid_out: { from: null, to: '7.00' } });
    expect(await read(answer.json.postback_id)).toMatchObject({ dry_run: true, replay_of: id });
  }
  expect((await server.readCall('dry')).revenue_paid_out).toBeNull();
  expect((await replay(id)).json).toMatchObject({ status: 'applied', duplicate: false });
  expect((await replay(id, { dry_run: true })).json).toMatchObject({ duplicate: true, dry_run: true });
});

describe('what cannot be replayed is refused with the reason', () => {
  beforeAll(() => server.createCall('known'));

  const cases: [string, () => Promise<Answer>][] = [
    ['what was applied', () => server.post(webhook, { call_log_id: 'known', reason: 'r1' })],
    ['what changed nothing', () => server.post(webhook, { call_log_id: 'known', converted: false })],
    ['a dry run', () => server.post(webhook, { call_log_id: 'x', reason: 'r', dry_run: true })],
    ['a body that is no JSON', () => postText(server, webhook, '{"call_log_id"')],
    ['a body too large', () => postText(server, webhook, `{"x":"${'x'.repeat(70_000)}"}`)],
    ['bytes that are no text', () => postText(server, webhook, new Uint8Array([0xff, 0xfe]))],
    ['a body of an unknown type', () => postText(server, webhook, '<x/>', 'application/xml')],
    [
      'a request without its body',
      () => postText(server, webhook, 'x'.repeat(70_000), 'application/json', '?call_log_id=known&reason=q'),
    ],
    [
      'another method',
      () => server.request(`/update-fields?auth_key=${webhook.auth_key}`, { method: 'PUT' }),
    ],
    [
      'characters that cannot be kept',
      () => postText(server, webhook, '{"call_log_id":"known","reason":"\\u0000"}'),
    ],
    ['a key in a value', () => server.post(webhook, { call_log_id: 'x', reason: `key ${webhook.auth_key}` })],
  ];
  test.each(cases)('%s', async (_name, send) => {
    const id = idOf(await send());
    for (const body of [undefined, { dry_run: true }]) {
      const answer = await replay(id, body);
      expectProblem(answer, 409, 'not_replayable');
      expect(answer.json.detail.length).toBeGreaterThan(20);
    }
    expect((await server.api('GET', `/postbacks?replay_of=${id}`)).json.items).toEqual([]);
  });

  test('what came through a deleted webhook', async () => {
    const gone = await server.createWebhook();
    const id = await refused({ call_log_id: 'unknown', reason: 'r' }, 'call_not_found', gone);
    await server.api('DELETE', `/webhooks/incoming/${gone.id}`);
    expectProblem(await replay(id), 409, 'not_replayable');
  });
});

test('a replay is refused again for what no setting mends', async () => {
  await server.createCall('same');
  const preview = await server.get(webhook, [['call_log_id', 'same']], { purpose: 'prefetch' });
  expectProblem(await replay(idOf(preview)), 403, 'link_preview');
  const wrongDoor = await server.request(`/update-tags?auth_key=${webhook.auth_key}&call_log_id=same&add=a`);
  expectProblem(await replay(idOf(wrongDoor)), 403, 'wrong_webhook_type');
  const placeholder = await refused({ call_log_id: 'same', reason: '{reason}' }, 'unresolved_placeholder');
  const answer = await replay(placeholder);
  expectProblem(answer, 422, 'unresolved_placeholder');
  expect(answer.json.errors).toMatchObject([{ field: 'reason' }]);
  expect((await server.readCall('same')).reason).toBeNull();
});

describe('a replay is no way around what keeps others out', () => {
  const change = (id: string, settings: object) => server.api('PATCH', `/webhooks/incoming/${id}`, settings);

  test('a request from an address that is not allowed waits until it is, whatever it was refused for', async () => {
    const guarded = await server.createWebhook('update_fields', { allowed_addresses: ['192.0.2.0/24'] });
    await server.createCall('guarded');
    const id = await refused({ call_log_id: 'guarded', reason: 'r' }, 'address_not_allowed', guarded);
    const paused = await server.createWebhook('update_fields', { allowed_addresses: ['192.0.2.0/24'] });
    await change(paused.id, { paused: true });
    const atPaused = await refused({ call_log_id: 'guarded', reason: 'p' }, 'webhook_paused', paused);
    await change(paused.id, { paused: false });
    for (const one of [id, atPaused]) expectProblem(await replay(one), 403, 'address_not_allowed');
    const again = (await server.api('GET', `/postbacks?replay_of=${atPaused}`)).json.items[0].id;
    expectProblem(await replay(again), 403, 'address_not_allowed');
    for (const one of [guarded, paused]) await change(one.id, { allowed_addresses: ['127.0.0.1'] });
    for (const one of [id, atPaused]) expect((await replay(one)).json.status).toBe('applied');
  });

  test('what nobody signed stays refused', async () => {
    const signed = await server.createWebhook('update_fields', { signature_required: true });
    await server.createCall('signed');
    const id = await refused({ call_log_id: 'signed', reason: 'r' }, 'invalid_signature', signed);
    expectProblem(await replay(id), 403, 'invalid_signature');
    await change(signed.id, { paused: true });
    const atPaused = await refused({ call_log_id: 'signed', reason: 'r' }, 'webhook_paused', signed);
    await change(signed.id, { paused: false });
    expectProblem(await replay(atPaused), 403, 'invalid_signature');
  });

  test('a GET stays refused where GET is off, and a field that is not allowed', async () => {
    const narrow = await server.createWebhook('update_fields', {
      accepts_get: false,
      allowed_fields: ['reason'],
    });
    await server.createCall('narrow');
    const get = await server.get(narrow, [
      ['call_log_id', 'narrow'],
      ['reason', 'r'],
    ]);
    expectProblem(await replay(idOf(get)), 405, 'method_not_allowed');
    const field = await refused(
      { call_log_id: 'narrow', revenue_paid_out: '1' },
      'field_not_allowed',
      narrow,
    );
    expectProblem(await replay(field), 403, 'field_not_allowed');
    await change(narrow.id, { accepts_get: true, allowed_fields: null });
    for (const id of [idOf(get), field]) expect((await replay(id)).json.status).toBe('applied');
  });

  test('a rate limit is no hindrance: the sender’s quota is not the operator’s', async () => {
    const limited = await server.createWebhook('update_fields', { rate_limit_per_minute: 1 });
    await server.createCall('limited');
    await server.post(limited, { call_log_id: 'limited', reason: 'a' });
    const id = await refused({ call_log_id: 'limited', reason: 'b' }, 'rate_limited', limited);
    expect((await replay(id)).json.status).toBe('applied');
  });
});

test('there is nothing to replay but a postback of one’s own', async () => {
  const id = await refused({ call_log_id: 'mine', reason: 'r' }, 'call_not_found');
  await server.createCall('mine');
  const { server: theirs } = await addAccount(server, 'Replaying');
  expectProblem(await theirs.api('POST', `/postbacks/${id}/replay`), 404, 'not_found');
  expectProblem(await replay('0199aaaa-0000-7000-8000-000000000001'), 404, 'not_found');
  expectProblem(await replay('x'), 404, 'not_found');
  expectProblem(await server.api('POST', `/postbacks/${id}/replay?dryrun=1`), 422, 'unknown_field');
  expectProblem(await replay(id, { dry: true }), 422, 'unknown_field');
  expect((await server.request(`/api/v1/postbacks/${id}/replay`, { method: 'POST' })).status).toBe(401);
  expect((await server.readCall('mine')).reason).toBeNull();
});
