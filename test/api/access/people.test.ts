/** People: invitations, passwords, their sessions, and what the audit log says of them. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { addAccount, withRole } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type Answer, startTestServer, startTestServerOn, type TestServer } from '../../support/server.ts';

let server: TestServer;
const password = 'correct horse battery';

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ['127.0.0.1'] });
});

afterAll(() => server.stop());

type Fields = Partial<{ email: string; name: string; role: string }>;

async function invite(fields: Fields = {}, on = server) {
  const answer = await on.api('POST', '/people', {
    ...{ email: 'ana@acme.example', name: 'Ana', role: 'operator', ...fields },
  });
  expect(answer.status).toBe(201);
  return { ...answer.json, secret: secretOf(answer.json.invitation_url) };
}

function secretOf(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get('invitation') ?? '';
}

function open(path: string, body: object, from = '198.51.100.1'): Promise<Answer> {
  const headers = { 'x-forwarded-for': from };
  return server.request(`/api/v1/session/${path}`, { method: 'POST', body, headers });
}

const accept = (invitation: string, chosen = password) =>
  open('invitation', { invitation, password: chosen });
const signIn = (email: string, tried = password, from?: string) =>
  open('password', { email, password: tried }, from);
const cookieOf = (answer: Answer) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

/** The server, asked with a session in place of a token. */
function ask(cookie: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  return server.request(`/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) });
}

test('a person is invited, sets a password by the link, and signs in with it', async () => {
  const ana = await invite({ email: ' Ana@Acme.example ' });
  expect(ana).toMatchObject({ email: 'ana@acme.example', has_password: false, last_signed_in_at: null });
  expect(ana.invitation_url).toMatch(/\/sign-in#invitation=rbi_[\w-]{43}&email=ana%40acme.example$/);
  expectProblem(await signIn('ana@acme.example'), 401, 'invalid_password');
  expectProblem(await accept(ana.secret, 'too short'), 422, 'invalid_value');
  const accepted = await accept(ana.secret);
  expect(accepted.json).toMatchObject({ signed_in_as: 'Ana', role: 'operator' });
  expectProblem(await accept(ana.secret), 401, 'invalid_token');
  const signedIn = await signIn('ANA@acme.example');
  expect(signedIn.status).toBe(200);
  expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
  const { json } = await ask(cookieOf(signedIn), 'GET', '/session');
  expect(json).toMatchObject({ signed_in_as: 'Ana', role: 'operator' });
  const { items } = (await server.api('GET', '/people')).json;
  expect(items).toMatchObject([{ id: ana.id, has_password: true, last_signed_in_at: expect.any(String) }]);
  expectProblem(
    await server.api('POST', '/people', { email: 'ana@acme.example', name: 'A', role: 'owner' }),
    409,
    'email_taken',
  );
});

test('neither password nor link is stored', async () => {
  const rows = await server.database.query(
    'select (select json_agg(p) from person p)::text as people, (select json_agg(l) from person_link l)::text as links',
  );
  const { secret } = await invite({ email: 'stored@acme.example' });
  const text = JSON.stringify(rows);
  expect(text).toContain('scrypt$16$1$1$');
  for (const kept of [password, secret, Buffer.from(secret).toString('hex')])
    expect(text).not.toContain(kept);
});

test.each([
  { email: 'not an address', name: 'A', role: 'owner' },
  { email: 'a@b.example', name: '', role: 'owner' },
  { email: 'a@b.example', name: 'A', role: 'admin' },
  { email: 'a@b.example', name: 'A' },
])('an invitation with a wrong value is rejected: %j', async (body) => {
  expectProblem(await server.api('POST', '/people', body), 422, 'invalid_value');
});

describe('a session of a person', () => {
  test('has the role of the person, from the next request on', async () => {
    const bo = await invite({ email: 'bo@acme.example', name: 'Bo', role: 'analyst' });
    const cookie = cookieOf(await accept(bo.secret));
    const call = { call_log_id: 'by Bo', state: 'completed' };
    expectProblem(await ask(cookie, 'POST', '/calls', call), 403, 'role_not_allowed');
    await server.api('PATCH', `/people/${bo.id}`, { role: 'operator' });
    expect((await ask(cookie, 'POST', '/calls', call)).status).toBe(201);
    expectProblem(await ask(cookie, 'GET', '/people'), 403, 'role_not_allowed');
    const { items } = (await server.api('GET', '/calls/by%20Bo/timeline')).json;
    expect(JSON.stringify(items)).toContain('"Bo"');
    expectProblem(
      await server.request('/api/v1/calls', {
        ...{ method: 'POST', body: call, headers: { cookie, origin: 'https://elsewhere.example' } },
      }),
      403,
      'wrong_origin',
    );
  });

  test('is listed and ended like one of a token, and ends with the person', async () => {
    const cy = await invite({ email: 'cy@acme.example', name: 'Cy' });
    const first = cookieOf(await accept(cy.secret));
    const second = cookieOf(await signIn('cy@acme.example'));
    const listed = (await server.api('GET', '/sessions')).json.items.filter(
      (session: Record<string, unknown>) => session['person_name'] === 'Cy',
    );
    expect(listed).toMatchObject([{ token_name: null }, { token_name: null }]);
    const { server: otherAccount } = await addAccount(server, 'Stranger');
    expectProblem(await otherAccount.api('DELETE', `/sessions/${listed[0].id}`), 404, 'not_found');
    expect((await server.api('DELETE', `/sessions/${listed[0].id}`)).status).toBe(204);
    const states = async () =>
      (await Promise.all([first, second].map((cookie) => ask(cookie, 'GET', '/session')))).map(
        ({ status }) => status,
      );
    expect((await states()).sort()).toEqual([200, 401]);
    expect((await server.api('DELETE', `/people/${cy.id}`)).status).toBe(204);
    expect(await states()).toEqual([401, 401]);
    expectProblem(await signIn('cy@acme.example'), 401, 'invalid_password');
    expectProblem(await server.api('DELETE', `/people/${cy.id}`), 404, 'not_found');
  });

  test('ends when a new link sets a new password; until then the old one is good', async () => {
    const di = await invite({ email: 'di@acme.example', name: 'Di' });
    const cookie = cookieOf(await accept(di.secret));
    const renewed = await server.api('POST', `/people/${di.id}/invitation`);
    const again = await server.api('POST', `/people/${di.id}/invitation`);
    expectProblem(await accept(secretOf(renewed.json.invitation_url)), 401, 'invalid_token');
    expect((await ask(cookie, 'GET', '/session')).status).toBe(200);
    expect((await accept(secretOf(again.json.invitation_url), 'another long password')).status).toBe(200);
    expect((await ask(cookie, 'GET', '/session')).status).toBe(401);
    expectProblem(await signIn('di@acme.example'), 401, 'invalid_password');
    expect((await signIn('di@acme.example', 'another long password')).status).toBe(200);
  });

  test('is in the audit log by person', async () => {
    const eve = await invite({ email: 'eve@acme.example', name: 'Eve', role: 'owner' });
    const cookie = cookieOf(await accept(eve.secret));
    await ask(cookie, 'PATCH', '/account', { name: 'Renamed by Eve' });
    const { items } = (await server.api('GET', `/audit?actor_person_id=${eve.id}`)).json;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'account.changed',
      'session.created',
      'person.password_set',
    ]);
    expect(items[0]).toMatchObject({ actor: 'Eve', actor_person_id: eve.id, actor_token_id: null });
    expectProblem(await server.api('GET', '/audit?actor_person_id=missing'), 422, 'invalid_value');
    await server.api('PATCH', '/account', { name: 'Ringback' });
  });
});

describe('accounts', () => {
  test('have people of their own: one address may be of both, and ids of others are unknown', async () => {
    const { server: other } = await addAccount(server, 'Other');
    const mine = await invite({ email: 'both@acme.example', name: 'Mine' });
    const theirs = await invite({ email: 'both@acme.example', name: 'Theirs' }, other);
    await accept(mine.secret, 'the password of mine');
    await accept(theirs.secret, 'the password of theirs');
    expect((await signIn('both@acme.example', 'the password of mine')).json.signed_in_as).toBe('Mine');
    expect((await signIn('both@acme.example', 'the password of theirs')).json.account.name).toBe('Other');
    for (const [method, path, body] of [
      ['PATCH', `/people/${mine.id}`, { role: 'owner' }],
      ['POST', `/people/${mine.id}/invitation`, undefined],
      ['DELETE', `/people/${mine.id}`, undefined],
    ] as const) {
      expectProblem(await other.api(method, path, body), 404, 'not_found');
    }
    expect((await other.api('GET', '/people')).text).not.toContain('Mine');
  });

  test('let owners alone manage them', async () => {
    const operator = await withRole(server, 'operator');
    expectProblem(await operator.api('GET', '/people'), 403, 'role_not_allowed');
    expectProblem(await operator.api('POST', '/people', {}), 403, 'role_not_allowed');
  });
});

test('an invitation ends after its time', async () => {
  const late = await invite({ email: 'late@acme.example' });
  expect(Date.parse(late.invitation_expires_at)).toBeGreaterThan(Date.now() + 6 * 86_400_000);
  await server.database.query('update person_link set expires_at = now()');
  expectProblem(await accept(late.secret), 401, 'invalid_token');
});

test('sign-in for an address is slowed after failures from any network, and for others it is not', async () => {
  const target = await invite({ email: 'target@acme.example' });
  await accept(target.secret);
  const bystander = await invite({ email: 'bystander@acme.example' });
  await accept(bystander.secret);
  const tries = await Promise.all(
    Array.from({ length: 12 }, (_none, n) => signIn('target@acme.example', `wrong ${n}`, `203.0.113.${n}`)),
  );
  const codes = tries.map(({ json }) => json.code);
  expect(codes.filter((code) => code === 'invalid_password')).toHaveLength(10);
  expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(2);
  const right = await signIn('target@acme.example', password, '203.0.113.99');
  expectProblem(right, 429, 'rate_limited');
  expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(1);
  expect((await signIn('bystander@acme.example')).status).toBe(200);
});

test('an unknown address is answered as a wrong password', async () => {
  const unknown = await signIn('missing@acme.example');
  const wrong = await signIn('ana@acme.example', 'wrong');
  const { instance: _one, ...one } = unknown.json;
  const { instance: _other, ...other } = wrong.json;
  expect(one).toEqual(other);
});

test.each([
  ['password', { email: 'ana@acme.example', password }],
  ['invitation', { invitation: 'rbi_x', password }],
])('no page of another site signs a browser in by %s', async (path, body) => {
  const headers = { origin: 'https://elsewhere.example' };
  const answer = await server.request(`/api/v1/session/${path}`, { method: 'POST', headers, body });
  expectProblem(answer, 403, 'wrong_origin');
});

describe('the own password', () => {
  test('is changed with the current one; the other sessions end, and the old password opens nothing', async () => {
    const gus = await invite({ email: 'gus@acme.example', name: 'Gus' });
    const other = cookieOf(await accept(gus.secret));
    const own = cookieOf(await signIn('gus@acme.example'));
    const change = (current: string, next: string) =>
      ask(own, 'PATCH', '/session/password', { current_password: current, new_password: next });
    const wrong = await change('a wrong password', 'another horse battery');
    expectProblem(wrong, 422, 'invalid_value');
    expect(wrong.json.errors).toMatchObject([{ field: 'current_password' }]);
    expectProblem(await change(password, 'too short'), 422, 'invalid_value');
    expect((await change(password, 'another horse battery')).status).toBe(204);
    expectProblem(await ask(other, 'GET', '/session'), 401, 'invalid_token');
    expect((await ask(own, 'GET', '/session')).json).toMatchObject({ person_id: gus.id });
    expectProblem(await signIn('gus@acme.example'), 401, 'invalid_password');
    expect((await signIn('gus@acme.example', 'another horse battery')).status).toBe(200);
    const { items } = (await server.api('GET', `/audit?actor_person_id=${gus.id}`)).json;
    const set = items.filter(({ action }: { action: string }) => action === 'person.password_set');
    expect(set.length).toBe(2);
  });

  test('is hashed at the cost that users have; one that was hashed at another cost is good until then', async () => {
    const { passwordCost } = readConfig({});
    const costly = await startTestServerOn(server.database, { passwordCost });
    onTestFinished(costly.stop);
    const { secret } = await invite({ email: 'ida@acme.example', name: 'Ida' });
    await accept(secret);
    const [current_password, new_password] = [password, 'another horse battery'];
    const signedIn = await costly.request('/api/v1/session/password', {
      method: 'POST',
      body: { email: 'ida@acme.example', password },
    });
    const headers = { cookie: cookieOf(signedIn), 'sec-fetch-site': 'same-origin' };
    const body = { current_password, new_password };
    const changed = await costly.request('/api/v1/session/password', { method: 'PATCH', headers, body });
    expect(changed.status).toBe(204);
    const stored = await server.database.query(
      `select password_hash from person where email = 'ida@acme.example'`,
    );
    expect(stored).toMatchObject([{ password_hash: expect.stringMatching(/^scrypt\$32768\$8\$3\$/) }]);
    expect((await signIn('ida@acme.example', new_password)).status).toBe(200);
  });

  test('is limited in an open session, too', async () => {
    const hal = await invite({ email: 'hal@acme.example', name: 'Hal' });
    const own = cookieOf(await accept(hal.secret));
    const body = { current_password: 'a wrong password', new_password: 'another horse battery' };
    const statuses: number[] = [];
    for (let at = 0; at < 12; at += 1)
      statuses.push((await ask(own, 'PATCH', '/session/password', body)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(422));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const right = { ...body, current_password: password };
    expectProblem(await ask(own, 'PATCH', '/session/password', right), 429, 'rate_limited');
  });

  test('is not that of a token', async () => {
    const body = { current_password: 'any', new_password: 'another horse battery' };
    expectProblem(await server.api('PATCH', '/session/password', body), 403, 'role_not_allowed');
  });
});
