/** Senders that sign by the Standard Webhooks scheme, with that project's own library. */
import { Webhook as Signer } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { pathOf } from '../../support/senders.ts';
import { type Answer, type TestWebhook, useServer } from '../../support/server.ts';

type SignedWebhook = TestWebhook & { signing_secret: string };

const server = useServer();
let webhook: SignedWebhook;

beforeAll(async () => {
  await server.createCall('C1');
  webhook = (await server.createWebhook('update_fields', { signature_required: true })) as SignedWebhook;
});

let lastId = 0;
type Signed = { secret?: string; at?: Date; id?: string; body?: string; signed?: string; query?: string };

/** Signs `signed` and sends `body`, which are the same unless said otherwise. */
async function send(
  of: SignedWebhook,
  given: Signed = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  lastId += 1;
  const { id = `msg_${lastId}`, at = new Date(), secret = of.signing_secret, query = '' } = given;
  const body = given.body ?? JSON.stringify({ call_log_id: 'C1', reason: id });
  return server.request(`${pathOf(of)}?auth_key=${of.auth_key}${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Signer(secret).sign(id, at, given.signed ?? body),
      ...headers,
    },
    body: Buffer.from(body),
  });
}

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

describe('a signed postback', () => {
  test('is taken when it is signed by the library of the scheme', async () => {
    expect(webhook.signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const answer = await send(webhook, { body: '{ "call_log_id":"C1",\n "reason":"Größe 😀" }' });
    expect(answer.json).toMatchObject({ status: 'applied', changes: { reason: { to: 'Größe 😀' } } });
    const form = await send(
      webhook,
      { body: 'call_log_id=C1&reason=form' },
      {
        'content-type': 'application/x-www-form-urlencoded',
      },
    );
    expect(form.json).toMatchObject({ status: 'applied' });
  });

  test('may carry several signatures, of which one is good', async () => {
    const id = 'msg_several';
    const at = new Date();
    const body = '{"call_log_id":"C1","reason":"several"}';
    const good = new Signer(webhook.signing_secret).sign(id, at, body);
    const other = new Signer(`whsec_${btoa('x'.repeat(32))}`).sign(id, at, body);
    for (const signatures of [`${other} ${good}`, `v1a,nonsense ${good} v2,x`]) {
      expect((await send(webhook, { id, at, body }, { 'webhook-signature': signatures })).status).toBe(200);
    }
  });

  test.each<[string, Signed, Record<string, string>]>([
    ['by another secret', { secret: `whsec_${btoa('y'.repeat(32))}` }, {}],
    ['over another body', { signed: '{"call_log_id":"C1","reason":"small"}' }, {}],
    ['over no body', { signed: '' }, {}],
    ['six minutes ago', { at: secondsAgo(310) }, {}],
    ['six minutes ahead', { at: secondsAgo(-310) }, {}],
    ['with another id', {}, { 'webhook-id': 'msg_other' }],
    ['with another time', {}, { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 60) }],
    ['with a time that is none', {}, { 'webhook-timestamp': 'now' }],
    ['without an id', {}, { 'webhook-id': '' }],
    ['without a time', {}, { 'webhook-timestamp': '' }],
    ['not at all', {}, { 'webhook-signature': '' }],
    ['with an empty signature', {}, { 'webhook-signature': 'v1,' }],
    ['by another version', {}, { 'webhook-signature': 'v1a,AAAA' }],
    ['with cut-off bytes', {}, { 'webhook-signature': 'v1,AAAA' }],
  ])('is rejected when it is signed %s', async (_how, given, headers) => {
    const before = await server.readCall('C1');
    expectProblem(await send(webhook, given, headers), 403, 'invalid_signature');
    expect(await server.readCall('C1')).toEqual(before);
  });

  test('of four minutes ago or ahead is taken', async () => {
    expect((await send(webhook, { at: secondsAgo(240) })).status).toBe(200);
    expect((await send(webhook, { at: secondsAgo(-240) })).status).toBe(200);
  });

  test('that is replayed does nothing twice, whatever is put around it', async () => {
    const signed = { id: 'msg_once', at: new Date(), body: '{"call_log_id":"C1","reason":"once"}' };
    expect((await send(webhook, signed)).json).toMatchObject({ status: 'applied', duplicate: false });
    await server.api('PATCH', '/calls/C1', { reason: 'changed since' });
    expect((await send(webhook, signed)).json).toMatchObject({ duplicate: true });
    const again = await send(webhook, signed, { 'idempotency-key': 'another' });
    expect(again.json).toMatchObject({ duplicate: true });
    expect((await server.readCall('C1')).reason).toBe('changed since');
  });

  test('keeps everything that matters in the body, since the URL is not signed', async () => {
    const answer = await send(webhook, { query: '&revenue_paid_out=999&dry_run=1&utm_source=x' });
    expectProblem(answer, 403, 'invalid_signature');
    expect(faultsOf(answer)).toEqual([
      'revenue_paid_out: invalid_signature',
      'dry_run: invalid_signature',
      'utm_source: invalid_signature',
    ]);
    expect((await send(webhook, { query: '&return=text' })).text).toBe('OK');
  });

  test('is a POST: a GET has nothing to sign', async () => {
    const answer = await server.get(webhook, [['call_log_id', 'C1']]);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test('may be a batch, whose items are done once', async () => {
    const body = JSON.stringify([
      { call_log_id: 'C1', reason: 'b1' },
      { call_log_id: 'C1', reason: 'b2' },
    ]);
    const at = new Date();
    const batch = (signed = body) =>
      server.request(`/update-fields/batch?auth_key=${webhook.auth_key}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_batch',
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Signer(webhook.signing_secret).sign('msg_batch', at, signed),
        },
        body: Buffer.from(body),
      });
    expectProblem(await batch('[]'), 403, 'invalid_signature');
    expect((await batch()).json.summary).toMatchObject({ applied: 2 });
    expect((await batch()).json.summary).toMatchObject({ duplicate: 2 });
  });
});

describe('a signing secret', () => {
  const byId = (of: TestWebhook) => `/webhooks/incoming/${of.id}`;

  test('is shown once, and never again', async () => {
    const made = await server.createWebhook();
    const on = await server.api('PATCH', byId(made), { signature_required: true });
    expect(on.json).toMatchObject({
      signature_required: true,
      signing_secret: expect.stringMatching(/^whsec_/),
    });
    expect(on.headers.get('cache-control')).toBe('no-store');
    const { signing_secret } = on.json;
    const later = [
      await server.api('GET', byId(made)),
      await server.api('GET', '/webhooks/incoming?limit=500'),
      await server.api('PATCH', byId(made), { signature_required: true, name: 'Same' }),
      await server.api('POST', `${byId(made)}/rotate-key`),
    ];
    for (const { status, text } of later) {
      expect(status).toBe(200);
      expect(text).not.toContain(signing_secret);
      expect(text).not.toContain('signing_secret"');
    }
    expect((await send({ ...made, signing_secret })).status).toBe(200);
    expect((await server.api('PATCH', byId(made), { signature_required: false })).json).toMatchObject({
      signature_required: false,
    });
    expect(
      (
        await server.get(made, [
          ['call_log_id', 'C1'],
          ['reason', 'open'],
        ])
      ).status,
    ).toBe(200);
  });

  test('may be one that the sender made', async () => {
    const signing_secret = `whsec_${btoa('k'.repeat(24))}`;
    const made = await server.createWebhook('update_fields', { signing_secret });
    expect(made).toMatchObject({ signature_required: true });
    expect(JSON.stringify(made)).not.toContain(signing_secret);
    expect((await send({ ...made, signing_secret })).status).toBe(200);
  });

  test.each([
    'whsec_',
    'secret',
    `whsec_${btoa('k'.repeat(23))}`,
    `whsec_${btoa('k'.repeat(65))}`,
    btoa('k'.repeat(32)),
    'whsec_!!!!',
  ])('is not %s', async (signing_secret) => {
    const answer = await server.api('PATCH', byId(webhook), { signing_secret });
    expect(faultsOf(answer)).toEqual(['signing_secret: invalid_value']);
  });

  test('is not both set and removed', async () => {
    const body = { signing_secret: `whsec_${btoa('k'.repeat(24))}`, signature_required: false };
    expectProblem(await server.api('PATCH', byId(webhook), body), 422, 'conflicting_field');
  });

  test('is rotated: the old one stays good for its grace, and not longer', async () => {
    const made = (await server.createWebhook('update_fields', { signature_required: true })) as SignedWebhook;
    const rotate = (body: object) => server.api('POST', `${byId(made)}/rotate-signing-secret`, body);
    const second = (await rotate({})).json;
    expect(second.signing_secret).not.toBe(made.signing_secret);
    expect(Math.round((Date.parse(second.old_secret_expires_at) - Date.now()) / 3_600_000)).toBe(24);
    expect((await send(made)).status).toBe(200);
    expect((await send(made, { secret: second.signing_secret })).status).toBe(200);
    const third = (await rotate({ grace_hours: 0 })).json;
    expectProblem(await send(made, { secret: second.signing_secret }), 403, 'invalid_signature');
    expectProblem(await send(made), 403, 'invalid_signature');
    expect((await send(made, { secret: third.signing_secret })).status).toBe(200);
    const nobodys = '/webhooks/incoming/0199aaaa-0000-7000-8000-000000000001/rotate-signing-secret';
    expectProblem(await server.api('POST', nobodys, {}), 404, 'not_found');
  });
});
