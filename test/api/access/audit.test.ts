/** `/audit`: who made, changed and took away what. */
import { describe, expect, test } from 'vitest';
import { withRole } from '../../support/accounts.ts';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';

const server = useServer({ trustedProxies: ['127.0.0.1'] });

const actsOf = async (query = ''): Promise<Record<string, unknown>[]> =>
  (await server.api('GET', `/audit?limit=500${query}`)).json.items;

describe('the audit log', () => {
  test('tells every act on a webhook, by whom, from where, and what changed', async () => {
    const operator = await withRole(server, 'operator', 'Olga');
    const webhook = await operator.createWebhook('update_fields', {
      name: 'CRM',
      allowed_fields: ['reason'],
    });
    const byId = `/webhooks/incoming/${webhook.id}`;
    await operator.request(`/api/v1${byId}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${operator.token}`, 'x-forwarded-for': '203.0.113.7' },
      body: { name: 'Lead CRM', paused: true, allowed_addresses: ['10.0.0.0/8'], match_rule: 'latest' },
    });
    await operator.api('PATCH', byId, { paused: true }); // changes nothing
    const { auth_key } = (await operator.api('POST', `${byId}/rotate-key`)).json;
    const { signing_secret } = (await operator.api('POST', `${byId}/rotate-signing-secret`)).json;
    await operator.api('DELETE', byId);
    const acts = await actsOf(`&target_id=${webhook.id}`);
    const [token] = await actsOf('&action=token.created');
    expect(acts.map(({ action }) => action)).toEqual([
      'webhook.deleted',
      'webhook.signing_secret_rotated',
      'webhook.key_rotated',
      'webhook.changed',
      'webhook.created',
    ]);
    for (const act of acts) {
      expect(act).toMatchObject({
        actor: expect.stringMatching(/^Olga/),
        actor_token_id: token?.['target_id'],
      });
    }
    expect(acts[3]).toMatchObject({
      source_ip: '203.0.113.7',
      target_name: 'Lead CRM',
      changes: {
        name: { from: 'CRM', to: 'Lead CRM' },
        paused: { from: false, to: true },
        allowed_addresses: { from: null, to: ['10.0.0.0/8'] },
      },
    });
    expect(Object.keys(acts[3]?.['changes'] ?? {})).toHaveLength(3);
    expect(acts[4]).toMatchObject({
      source_ip: '127.0.0.1',
      changes: { name: { from: null, to: 'CRM' }, allowed_fields: { from: null, to: ['reason'] } },
    });
    const text = JSON.stringify(acts);
    for (const secret of [webhook.auth_key, auth_key, signing_secret, operator.token])
      expect(text).not.toContain(secret);
  });

  test('tells that a secret was set, and not which', async () => {
    const webhook = await server.createWebhook('update_fields', { signature_required: true });
    const signing_secret = `whsec_${btoa('k'.repeat(24))}`;
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { signing_secret });
    await server.api('PATCH', '/account', { twilio_auth_token: 'first-secret' });
    await server.api('PATCH', '/account', { twilio_auth_token: 'second-secret', name: 'Renamed' });
    await server.api('PATCH', '/account', { twilio_auth_token: 'second-secret' }); // changes nothing
    const [set] = await actsOf(`&target_id=${webhook.id}`);
    expect(set).toMatchObject({ action: 'webhook.changed', changes: { signing_secret: expect.anything() } });
    const accounts = await actsOf('&action=account.changed');
    expect(accounts).toMatchObject([
      { changes: { name: { to: 'Renamed' }, twilio_auth_token: { from: 'hidden', to: 'hidden' } } },
      { changes: { twilio_auth_token: { from: null, to: 'hidden' } } },
    ]);
    expect(JSON.stringify(await actsOf())).not.toMatch(/first-secret|second-secret|whsec_/);
  });

  test('tells tokens that were made and revoked', async () => {
    const { id, token } = (await server.api('POST', '/tokens', { name: 'CI', role: 'operator' })).json;
    await server.api('DELETE', `/tokens/${id}`);
    const acts = await actsOf(`&target_id=${id}`);
    expect(acts).toMatchObject([
      { action: 'token.revoked', target_name: 'CI', changes: { role: { from: 'operator', to: null } } },
      { action: 'token.created', target_name: 'CI', changes: { role: { from: null, to: 'operator' } } },
    ]);
    expect(JSON.stringify(acts)).not.toContain(token);
  });

  test('tells of browsers that were signed in and out, by which token and from where', async () => {
    const { id, token } = (await server.api('POST', '/tokens', { name: 'Olga', role: 'analyst' })).json;
    const from = { 'x-forwarded-for': '203.0.113.8', 'sec-fetch-site': 'same-origin' };
    const session = (method: string, headers: Record<string, string>, body?: unknown) =>
      server.request('/api/v1/session', { method, headers: { ...from, ...headers }, body });
    const signedIn = await session('POST', {}, { token });
    expect(signedIn.status).toBe(200);
    const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
    expect((await session('POST', {}, { token: 'rbt_wrong' })).status).toBe(401);
    expect((await session('DELETE', { cookie })).status).toBe(204);
    expect((await session('DELETE', { cookie })).status).toBe(401);
    // by its token no browser is signed out
    expect((await session('DELETE', { authorization: `Bearer ${token}` })).status).toBe(204);
    const acts = await actsOf(`&target_id=${id}`);
    const by = { actor: expect.stringMatching(/^Olga/), actor_token_id: id, source_ip: '203.0.113.8' };
    const expires_at = { from: null, to: signedIn.json.expires_at };
    expect(acts.slice(0, -1)).toMatchObject([
      { action: 'session.ended', ...by, changes: {} },
      { action: 'session.created', ...by, changes: { expires_at } },
    ]);
    expect(acts).toHaveLength(3);
    const [, secret = ''] = cookie.split('=');
    expect(secret.length).toBeGreaterThan(20);
    expect(JSON.stringify(acts)).not.toContain(secret);
    expect(JSON.stringify(acts)).not.toContain(token);
  });

  test('tells of nothing that was rejected or did nothing', async () => {
    const before = await actsOf();
    const analyst = await withRole(server, 'analyst');
    await analyst.createWebhook();
    await server.api('POST', '/webhooks/incoming', { name: '', type: 'update_fields' });
    await server.api('PATCH', '/webhooks/incoming/0199aaaa-0000-7000-8000-000000000001', { paused: true });
    await server.api('PATCH', '/account', { name: (await server.api('GET', '/account')).json.name });
    const after = await actsOf();
    expect(after.slice(1)).toEqual(before);
    expect(after[0]).toMatchObject({ action: 'token.created' }); // the analyst's
  });

  test('is read in pages and filtered, newest first', async () => {
    for (let count = 0; count < 5; count += 1) await server.createWebhook();
    const whole = await actsOf();
    const walked: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: unknown[]; next_cursor: string | null } = (
        await server.api('GET', `/audit?limit=3&cursor=${cursor}`)
      ).json;
      walked.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(walked).toEqual(whole);
    const times = whole.map(({ at }) => String(at));
    expect(times).toEqual([...times].sort().reverse());
    const created = await actsOf('&action=webhook.created');
    expect(created).toEqual(whole.filter(({ action }) => action === 'webhook.created'));
    expect(await actsOf(`&to=${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual([]);
    expect(await actsOf(`&from=${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual(whole);
    const answer = await server.api('GET', '/audit?action=x&from=y&actor=z&limit=0&cursor=%7B');
    expectProblem(answer, 422, 'unknown_field');
    expect(faultsOf(answer)).toEqual([
      'actor: unknown_field',
      'limit: invalid_value',
      'cursor: invalid_value',
      'action: invalid_value',
      'from: invalid_value',
    ]);
  });
});
