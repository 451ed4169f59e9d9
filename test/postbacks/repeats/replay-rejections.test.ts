/** What cannot be replayed, and what a replay is no way around. */
import { beforeAll, describe, expect, test } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { postbackIdOf, replaysOf } from '../../support/replays.ts';
import { postText } from '../../support/senders.ts';
import { type Answer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const { replay, rejected } = replaysOf(() => ({ server, webhook }));

describe('what cannot be replayed is rejected with the reason', () => {
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
    const id = postbackIdOf(await send());
    for (const body of [undefined, { dry_run: true }]) {
      const answer = await replay(id, body);
      expectProblem(answer, 409, 'not_replayable');
      expect(answer.json.detail.length).toBeGreaterThan(20);
    }
    expect((await server.api('GET', `/postbacks?replay_of=${id}`)).json.items).toEqual([]);
  });

  test('what came through a deleted webhook', async () => {
    const gone = await server.createWebhook();
    const id = await rejected({ call_log_id: 'unknown', reason: 'r' }, 'call_not_found', gone);
    await server.api('DELETE', `/webhooks/incoming/${gone.id}`);
    expectProblem(await replay(id), 409, 'not_replayable');
  });
});

test('a replay is rejected again where no setting corrects the cause', async () => {
  await server.createCall('same');
  const preview = await server.get(webhook, [['call_log_id', 'same']], { purpose: 'prefetch' });
  expectProblem(await replay(postbackIdOf(preview)), 403, 'link_preview');
  const wrongEndpoint = await server.request(
    `/update-tags?auth_key=${webhook.auth_key}&call_log_id=same&add=a`,
  );
  expectProblem(await replay(postbackIdOf(wrongEndpoint)), 403, 'wrong_webhook_type');
  const placeholder = await rejected({ call_log_id: 'same', reason: '{reason}' }, 'unresolved_placeholder');
  const answer = await replay(placeholder);
  expectProblem(answer, 422, 'unresolved_placeholder');
  expect(answer.json.errors).toMatchObject([{ field: 'reason' }]);
  expect((await server.readCall('same')).reason).toBeNull();
});

describe('a replay is no way around what keeps others out', () => {
  const change = (id: string, settings: object) => server.api('PATCH', `/webhooks/incoming/${id}`, settings);

  test('a request from an address that is not allowed waits until it is, whatever it was rejected for', async () => {
    const guarded = await server.createWebhook('update_fields', { allowed_addresses: ['192.0.2.0/24'] });
    await server.createCall('guarded');
    const id = await rejected({ call_log_id: 'guarded', reason: 'r' }, 'address_not_allowed', guarded);
    const paused = await server.createWebhook('update_fields', { allowed_addresses: ['192.0.2.0/24'] });
    await change(paused.id, { paused: true });
    const atPaused = await rejected({ call_log_id: 'guarded', reason: 'p' }, 'webhook_paused', paused);
    await change(paused.id, { paused: false });
    for (const one of [id, atPaused]) expectProblem(await replay(one), 403, 'address_not_allowed');
    const again = (await server.api('GET', `/postbacks?replay_of=${atPaused}`)).json.items[0].id;
    expectProblem(await replay(again), 403, 'address_not_allowed');
    for (const one of [guarded, paused]) await change(one.id, { allowed_addresses: ['127.0.0.1'] });
    for (const one of [id, atPaused]) expect((await replay(one)).json.status).toBe('applied');
  });

  test('an unsigned request stays rejected', async () => {
    const signed = await server.createWebhook('update_fields', { signature_required: true });
    await server.createCall('signed');
    const id = await rejected({ call_log_id: 'signed', reason: 'r' }, 'invalid_signature', signed);
    expectProblem(await replay(id), 403, 'invalid_signature');
    await change(signed.id, { paused: true });
    const atPaused = await rejected({ call_log_id: 'signed', reason: 'r' }, 'webhook_paused', signed);
    await change(signed.id, { paused: false });
    expectProblem(await replay(atPaused), 403, 'invalid_signature');
  });

  test('a GET stays rejected where GET is off, and a field that is not allowed', async () => {
    const narrow = await server.createWebhook('update_fields', {
      accepts_get: false,
      allowed_fields: ['reason'],
    });
    await server.createCall('narrow');
    const get = await server.get(narrow, [
      ['call_log_id', 'narrow'],
      ['reason', 'r'],
    ]);
    expectProblem(await replay(postbackIdOf(get)), 405, 'method_not_allowed');
    const field = await rejected(
      { call_log_id: 'narrow', revenue_paid_out: '1' },
      'field_not_allowed',
      narrow,
    );
    expectProblem(await replay(field), 403, 'field_not_allowed');
    await change(narrow.id, { accepts_get: true, allowed_fields: null });
    for (const id of [postbackIdOf(get), field]) expect((await replay(id)).json.status).toBe('applied');
  });

  test('a rate limit is no hindrance: the sender’s quota is not the operator’s', async () => {
    const limited = await server.createWebhook('update_fields', { rate_limit_per_minute: 1 });
    await server.createCall('limited');
    await server.post(limited, { call_log_id: 'limited', reason: 'a' });
    const id = await rejected({ call_log_id: 'limited', reason: 'b' }, 'rate_limited', limited);
    expect((await replay(id)).json.status).toBe('applied');
  });
});

test('there is nothing to replay but a postback of one’s own', async () => {
  const id = await rejected({ call_log_id: 'mine', reason: 'r' }, 'call_not_found');
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
