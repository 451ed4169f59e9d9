/** Senders that keep their own names and words. */
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { pathOf } from '../../support/senders.ts';
import { type Answer, type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();

const fields = {
  call_log_id: 'click_id',
  revenue_paid_out: { from: 'payout', as: 'money', thousands: ',', currency: '$' },
  converted: { from: 'status', words: { sold: true, returned: false }, else: 'ignore' },
  reason: 'status',
  transaction_id: { from: ['lead', 'status'], join: '-' },
  'add.gclid': 'header.X-Gclid',
  'add.source': { value: 'acme' },
};

let calls = 0;
async function createCall(): Promise<string> {
  calls += 1;
  const id = `MAP${calls}`;
  await server.createCall(id);
  return id;
}

const createWebhook = (settings: object, type = 'update_fields') =>
  server.createWebhook(type as 'update_fields', settings);

/** A GET where there is no body. */
async function send(
  webhook: TestWebhook,
  { query = '', body, headers = {} }: { query?: string; body?: unknown; headers?: Record<string, string> },
): Promise<Answer> {
  const isForm = typeof body === 'string';
  return server.request(`${pathOf(webhook)}?auth_key=${webhook.auth_key}${query}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body !== undefined && {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      }),
      ...headers,
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  });
}

describe('a webhook with a mapping', () => {
  test.each(['query', 'form', 'JSON'])('reads the names and words of its sender in a %s', async (kind) => {
    const webhook = await createWebhook({ mapping: { fields } });
    const id = await createCall();
    const sent = { click_id: id, payout: '$1,250.50', status: 'SOLD', lead: '7', utm: 'x' };
    const pairs = new URLSearchParams(sent).toString();
    const headers = { 'x-gclid': 'g-1' };
    const answer = await send(
      webhook,
      kind === 'query' ? { query: `&${pairs}`, headers } : { body: kind === 'form' ? pairs : sent, headers },
    );
    expect(answer.json).toMatchObject({
      status: 'applied',
      call_log_id: id,
      changes: {
        converted: { to: true },
        revenue_paid_out: { to: '1250.50' },
        reason: { to: 'SOLD' },
        'tags.gclid': { to: 'g-1' },
        'tags.source': { to: 'acme' },
      },
      ignored: ['utm'],
    });
    const { json } = await server.api('GET', `/postbacks/${answer.json['postback_id']}`);
    expect(json['transaction_id']).toBe('7-SOLD');
  });

  test('names the word that it does not know, and what it reads it from', async () => {
    const words = { sold: true, returned: false };
    const webhook = await createWebhook({
      mapping: { fields: { call_log_id: 'id', converted: { from: 'status', words } } },
    });
    const answer = await send(webhook, { query: '&id=X&status=pending' });
    expectProblem(answer, 422, 'unknown_word');
    expect(answer.json['errors']).toMatchObject([{ field: 'converted', code: 'unknown_word' }]);
    expect(answer.json['detail']).toMatch(/"pending".*sold, returned.*status/);
  });

  test('ignores what it is not about, and does not log it', async () => {
    const webhook = await createWebhook({
      mapping: { only_when: [{ from: 'event', in: ['end'] }], fields: { call_log_id: 'id', reason: 'note' } },
    });
    const id = await createCall();
    const ignored = await send(webhook, { query: `&id=${id}&note=n&event=start` });
    expect([ignored.status, ignored.json]).toEqual([200, { status: 'ignored' }]);
    const read = await send(webhook, { query: `&id=${id}&note=n&event=END` });
    expect(read.json).toMatchObject({ status: 'applied', changes: { reason: { to: 'n' } } });
    const { json } = await server.api('GET', `/postbacks?webhook_id=${webhook.id}`);
    expect(json['items']).toHaveLength(1);
    const metrics = await server.request('/metrics');
    expect(metrics.text).toMatch(/ringback_postbacks_total\{status="ignored",code=""\} 1\n/);
  });

  test('reads with the mapping that its owner saved last', async () => {
    const webhook = await createWebhook({ mapping: { fields: { call_log_id: 'id', reason: 'a' } } });
    const id = await createCall();
    expect((await send(webhook, { query: `&id=${id}&a=1&b=2` })).json).toMatchObject({ ignored: ['b'] });
    const mapping = { fields: { call_log_id: 'id', reason: 'b' } };
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { mapping });
    const answer = await send(webhook, { query: `&id=${id}&a=1&b=2` });
    expect(answer.json).toMatchObject({ changes: { reason: { from: '1', to: '2' } }, ignored: ['a'] });
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { mapping: null });
    expect((await send(webhook, { query: `&call_log_id=${id}&reason=c` })).json).toMatchObject({
      changes: { reason: { to: 'c' } },
    });
  });

  test('may say only where the records are, and which requests count', async () => {
    const around = { each: '/data', only_when: [{ from: 'event', in: ['sale'] }] };
    const webhook = await createWebhook({ mapping: around });
    const { json: saved } = await server.api('GET', `/webhooks/incoming/${webhook.id}`);
    expect(saved.mapping).toEqual({ ...around, fields: {} });
    const data = [{ call_log_id: await createCall(), reason: 'won' }];
    expect((await send(webhook, { body: { event: 'sale', data } })).json.summary).toMatchObject({
      applied: 1,
    });
    expect((await send(webhook, { body: { event: 'visit', data } })).json).toMatchObject({
      status: 'ignored',
    });
  });

  test('reads each item of a batch', async () => {
    const webhook = await createWebhook({ mapping: { fields: { call_log_id: 'id', reason: 'note' } } });
    const id = await createCall();
    const answer = await server.request(`${pathOf(webhook)}/batch?auth_key=${webhook.auth_key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ id, note: 'a' }, { id, note: 'b' }, { note: 'c' }]),
    });
    expect(answer.json).toMatchObject({
      summary: { applied: 2, rejected: 1 },
      results: [{ status: 'applied' }, { status: 'applied' }, { code: 'call_not_identified' }],
    });
  });
});

test('what a mapping reads of call data is no tag as well', async () => {
  const mapping = { fields: { phone_number: '/payload/from', lifespan_seconds: 'ttl', 'add.zip': 'postal' } };
  const webhook = await createWebhook({ mapping }, 'call_data');
  const body = { payload: { from: '+12135550188' }, ttl: 600, postal: '90001', campaign: 'c7' };
  const answer = await send(webhook, { body });
  expect(answer.json).toMatchObject({ status: 'waiting' });
  const known = await server.api('GET', '/call-data?phone_number=%2B12135550188');
  expect(known.json).toMatchObject({ tags: { zip: '90001', campaign: 'c7' } });
  expect(Object.keys(known.json.tags).sort()).toEqual(['campaign', 'zip']);
});

describe('the settings of a mapping', () => {
  test('are rejected as a whole, with every error by its pointer', async () => {
    const mapping = {
      each: 'x',
      fields: { nope: 'a', converted: { from: '', words: {}, else: [] }, 'add.k': 'header.Cookie' },
    };
    const answer = await server.api('POST', '/webhooks/incoming', {
      name: 'x',
      type: 'update_fields',
      mapping,
    });
    expectProblem(answer, 422, 'mapping_invalid');
    const pointers = (answer.json['errors'] as { field: string }[]).map(({ field }) => field);
    expect(pointers).toEqual([
      '/each',
      '/fields/nope',
      '/fields/converted/words',
      '/fields/converted/from',
      '/fields/converted/else',
      '/fields/add.k',
    ]);
  });

  test.each(['x', 5, [], true])('%j is no mapping', async (mapping) => {
    const webhook = await createWebhook({});
    const path = `/webhooks/incoming/${webhook.id}`;
    for (const answer of [
      await server.api('POST', '/webhooks/incoming', { name: 'x', type: 'calls', mapping }),
      await server.api('PATCH', path, { mapping }),
      await server.api('POST', `${path}/explain`, { request: {}, mapping }),
    ]) {
      expectProblem(answer, 422, 'mapping_invalid');
      expect(answer.json['errors']).toMatchObject([{ field: '', code: 'mapping_invalid' }]);
    }
  });

  test('are those that were saved, and in the audit log', async () => {
    const webhook = await createWebhook({ mapping: { fields }, on_unreadable: 'keep' });
    const { json } = await server.api('GET', `/webhooks/incoming/${webhook.id}`);
    expect(json).toMatchObject({ preset: null, mapping: { fields }, on_unreadable: 'keep', verify: null });
    const audit = await server.api('GET', `/audit?target_id=${webhook.id}`);
    expect(JSON.stringify(audit.json)).toContain('click_id');
  });

  test.each([
    [{ preset: 'nope' }, 'preset'],
    [{ verify: 'nope' }, 'verify/scheme'],
    [{ verify: 'telnyx' }, 'secrets'],
    [{ verify: { scheme: 'hmac', header: 'x y' }, secrets: ['a-secret-of-the-sender'] }, 'verify/header'],
    [{ verify: 'basic', secrets: ['no colon'] }, 'secrets/0'],
    [{ verify: 'basic', signature_required: true }, 'signing_secret'],
  ])('%j is rejected at %s', async (settings, field) => {
    const answer = await server.api('POST', '/webhooks/incoming', {
      ...{ name: 'x', type: 'update_fields' },
      ...settings,
    });
    expectProblem(answer, 422, 'invalid_value');
    expect(answer.json['errors']).toMatchObject([{ field }]);
  });
});

describe('a webhook that verifies its sender', () => {
  const auth = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

  test('shows its secrets nowhere', async () => {
    const secrets = ['acme:never-shown-1', 'acme:never-shown-2'];
    const webhook = await createWebhook({ verify: 'basic', secrets });
    const path = `/webhooks/incoming/${webhook.id}`;
    const changed = await server.api('PATCH', path, { secrets: ['acme:never-shown-3'] });
    await send(webhook, { query: '&call_log_id=x&reason=y', headers: auth('acme:never-shown-3') });
    const told = [
      webhook,
      changed.json,
      ...(await Promise.all(
        [path, `/audit?target_id=${webhook.id}`, `/postbacks?webhook_id=${webhook.id}`].map((one) =>
          server.api('GET', one),
        ),
      )),
    ];
    expect(JSON.stringify(told)).toContain('call_not_found');
    expect(JSON.stringify(told)).not.toMatch(/never-shown|YWNtZTpuZXZlci1zaG93/); // as text, or as base64
  });

  test('rejects requests without the secret, and accepts each of its secrets', async () => {
    const secrets = ['acme:first-password', 'acme:other-password'];
    const webhook = await createWebhook({ verify: 'basic', secrets });
    const id = await createCall();
    const query = `&call_log_id=${id}&reason=x`;
    expectProblem(await send(webhook, { query }), 403, 'invalid_signature');
    expectProblem(
      await send(webhook, { query, headers: auth('acme:wrong-password') }),
      403,
      'invalid_signature',
    );
    for (const secret of secrets) {
      expect((await send(webhook, { query, headers: auth(secret) })).status).toBe(200);
    }
    const read = await server.api('GET', `/webhooks/incoming/${webhook.id}`);
    expect(read.json).toMatchObject({ verify: 'basic', signature_required: true });
    expect(read.text).not.toContain('password');
    const audit = await server.api('GET', `/audit?target_id=${webhook.id}`);
    expect(audit.text).not.toContain('password');
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { secrets: [secrets[1]] });
    expectProblem(await send(webhook, { query, headers: auth(secrets[0] ?? '') }), 403, 'invalid_signature');
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { verify: null, secrets: null });
    expect((await send(webhook, { query })).status).toBe(200);
  });
});
