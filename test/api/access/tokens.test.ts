/** `/tokens` and `/accounts`: who may ask, until when. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { addAccount, withRole } from '../../support/accounts.ts';
import { holdLock } from '../../support/database.ts';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { startTestServerOn, TestServer, useServer } from '../../support/server.ts';

const server = useServer({ trustedProxies: ['127.0.0.1'] });

const create = (body: object) => server.api('POST', '/tokens', body);
const asked = (token: string) => new TestServer(server.url, server.database, token, async () => {});
const listOf = async (of: TestServer): Promise<Record<string, unknown>[]> =>
  (await of.api('GET', '/tokens?limit=500')).json.items;

describe('a token', () => {
  test('is shown once, stored as a hash, and speaks with its name and role', async () => {
    const answer = await create({ name: ' Ana ', role: 'operator' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { id, token, created_at } = answer.json;
    expect(token).toMatch(/^rbt_[\w-]{43}$/);
    const shown = {
      name: 'Ana',
      role: 'operator',
      from_settings: false,
      expires_at: null,
      last_used_at: null,
    };
    expect(answer.json).toEqual({ id, token, created_at, ...shown });
    expect(await listOf(server)).toContainEqual({ id, created_at, ...shown });
    const rows = await server.database.query('select to_json(t)::text as row from api_token t');
    expect(JSON.stringify(rows)).not.toContain(token);
    await asked(token).createCall('by Ana');
    const { items } = (await server.api('GET', '/calls/by%20Ana/timeline')).json;
    expect(items[0]).toMatchObject({ kind: 'created', by: 'Ana' });
  });

  test('tells when it was used, without a write for each use', async () => {
    const { id, token } = (await create({ name: 'Used', role: 'analyst' })).json;
    const used = async () => (await listOf(server)).find((one) => one['id'] === id)?.['last_used_at'];
    expect(await used()).toBeNull();
    await asked(token).api('GET', '/calls');
    const first = String(await used());
    expect(Math.abs(Date.parse(first) - Date.now())).toBeLessThan(60_000);
    for (let count = 0; count < 3; count += 1) await asked(token).api('GET', '/calls');
    expect(await used()).toBe(first);
    await server.database.query(
      `update api_token set last_used_at = now() - interval '6 minutes' where token_id = $1`,
      [id],
    );
    await asked(token).api('GET', '/calls');
    expect(Date.parse(String(await used()))).toBeGreaterThanOrEqual(Date.parse(first));
  });

  test('is accepted also where its use cannot be noted', async () => {
    const { id, token } = (await create({ name: 'Locked', role: 'analyst' })).json;
    const lock = await holdLock(
      server.database,
      `select from api_token where token_id = '${id}' for no key update`,
    );
    onTestFinished(lock.release);
    expect((await asked(token).api('GET', '/calls')).status).toBe(200);
  });

  test.each([
    ['20990131T103000Z', '2099-01-31T10:30:00.000Z'],
    ['2099-01-31T23:59:60Z', '2099-01-31T23:59:59.000Z'],
    ['2099-01-31 10:30:00 +0530', '2099-01-31T05:00:00.000Z'],
  ])('takes its end in every notation with an offset: %s', async (expires_at, expected) => {
    const { status, json } = await create({ name: 'Notation', role: 'analyst', expires_at });
    expect([status, json.expires_at]).toEqual([201, expected]);
  });

  test('ends when it expires', async () => {
    const expires_at = new Date(Date.now() + 1_500).toISOString();
    const { token, ...shown } = (await create({ name: 'Short', role: 'analyst', expires_at })).json;
    expect(shown.expires_at).toBe(expires_at);
    expect((await asked(token).api('GET', '/calls')).status).toBe(200);
    await expect.poll(async () => (await asked(token).api('GET', '/calls')).status).toBe(401);
    expect((await listOf(server)).map(({ name }) => name)).toContain('Short'); // to be seen that it is over
  });

  test('ends at once when it is revoked', async () => {
    const { id, token } = (await create({ name: 'Leaving', role: 'owner' })).json;
    expect((await asked(token).api('GET', '/tokens')).status).toBe(200);
    const answer = await server.api('DELETE', `/tokens/${id}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expectProblem(await asked(token).api('GET', '/tokens'), 401, 'invalid_token');
    expectProblem(await server.api('DELETE', `/tokens/${id}`), 404, 'not_found');
    expect((await listOf(server)).map((one) => one['id'])).not.toContain(id);
  });

  test.each(['x', '0199aaaa-0000-7000-8000-000000000001'])('with the id %s is not there', async (id) => {
    expectProblem(await server.api('DELETE', `/tokens/${id}`), 404, 'not_found');
  });

  test('of the settings cannot be revoked, and outlives a restart', async () => {
    const own = (await listOf(server)).find((one) => one['from_settings'] === true);
    expect(own).toMatchObject({ name: 'owner', role: 'owner', expires_at: null });
    expectProblem(await server.api('DELETE', `/tokens/${own?.['id']}`), 409, 'token_in_settings');
  });

  test('that has the name of the settings’ one is left alone when those change', async () => {
    const { id, token } = (await create({ name: 'owner', role: 'owner' })).json;
    const restarted = await startTestServerOn(server.database, { adminToken: 'another-admin-token' });
    expect((await restarted.api('GET', '/tokens')).status).toBe(200);
    expect((await asked(token).api('GET', '/tokens')).status).toBe(200);
    expectProblem(await server.api('GET', '/tokens'), 401, 'invalid_token');
    await restarted.stop();
    const back = await startTestServerOn(server.database, { adminToken: server.token });
    expect((await server.api('DELETE', `/tokens/${id}`)).status).toBe(204);
    await back.stop();
  });

  test('that the settings name becomes the owner’s', async () => {
    const { token } = (await create({ name: 'Promoted', role: 'analyst' })).json;
    const restarted = await startTestServerOn(server.database, { adminToken: token });
    expect((await restarted.api('GET', '/tokens')).status).toBe(200);
    await restarted.stop();
    await (await startTestServerOn(server.database, { adminToken: server.token })).stop();
    expect((await server.api('GET', '/tokens')).status).toBe(200);
    expectProblem(await asked(token).api('GET', '/tokens'), 401, 'invalid_token');
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['name: invalid_value', 'role: invalid_value']],
    ['a role that is none', { name: 'x', role: 'admin' }, ['role: invalid_value']],
    [
      'a time that is past',
      { name: 'x', role: 'owner', expires_at: '2020-01-01T00:00:00Z' },
      ['expires_at: invalid_value'],
    ],
    [
      'a time without offset',
      { name: 'x', role: 'owner', expires_at: '2099-01-01T00:00:00' },
      ['expires_at: invalid_value'],
    ],
    ['a time that is none', { name: 'x', role: 'owner', expires_at: 'soonZ' }, ['expires_at: invalid_value']],
    ['an account', { name: 'x', role: 'owner', account_id: 'x' }, ['account_id: unknown_field']],
  ])('is rejected for %s', async (_what, body, faults) => {
    const answer = await create(body as object);
    expect(answer.status).toBe(422);
    expect(faultsOf(answer)).toEqual(faults);
  });
});

describe('an account', () => {
  test('is made by an owner of the first one, with a token of its owner', async () => {
    const body = { name: 'Second', time_zone: 'Europe/Berlin', default_country: 'de' };
    const answer = await server.api('POST', '/accounts', body);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, ...account } = answer.json;
    expect(account).toMatchObject({ name: 'Second', time_zone: 'Europe/Berlin', default_country: 'DE' });
    const owner = asked(token);
    expect((await owner.api('GET', '/account')).json).toEqual({
      name: 'Second',
      time_zone: 'Europe/Berlin',
      default_country: 'DE',
      twilio_auth_token_set: false,
    });
    expect(await listOf(owner)).toMatchObject([{ name: 'owner', role: 'owner', from_settings: false }]);
    const { items } = (await server.api('GET', '/accounts')).json;
    expect(items[0].name).toBe('Ringback');
    expect(items).toContainEqual(account);
    expect(JSON.stringify(items)).not.toContain(token);
    const acts = (await owner.api('GET', '/audit')).json.items;
    expect(acts).toMatchObject([{ action: 'account.created', actor: 'owner', target_id: account.id }]);
  });

  test('is neither made nor listed by anybody else', async () => {
    const other = (await addAccount(server, 'Other')).server;
    for (const asker of [other, await withRole(server, 'operator'), await withRole(server, 'analyst')]) {
      expectProblem(await asker.api('POST', '/accounts', { name: 'x' }), 403, 'role_not_allowed');
      expectProblem(await asker.api('GET', '/accounts'), 403, 'role_not_allowed');
    }
    expect((await (await withRole(server, 'owner')).api('GET', '/accounts')).status).toBe(200);
  });

  test('has a list in pages', async () => {
    for (const name of ['P1', 'P2', 'P3']) await server.api('POST', '/accounts', { name });
    const whole = (await server.api('GET', '/accounts?limit=500')).json;
    expect(whole.next_cursor).toBeNull();
    const walked: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: unknown[]; next_cursor: string | null } = (
        await server.api('GET', `/accounts?limit=2&cursor=${cursor}`)
      ).json;
      walked.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(walked).toEqual(whole.items);
  });
});
