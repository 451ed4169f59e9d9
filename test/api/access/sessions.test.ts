/** Browsers that are signed in: how their sessions end, and who sees them. */
import { expect, test } from 'vitest';
import { hashSecret } from '../../../src/core/access/secret.ts';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type Answer, startTestServerOn, useServer } from '../../support/server.ts';

const server = useServer();

function signIn(token: string, headers: Record<string, string> = {}, on = server): Promise<Answer> {
  return on.request('/api/v1/session', { method: 'POST', body: { token }, headers });
}

function cookieOf(answer: Answer): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function isSignedIn(cookie: string): Promise<boolean> {
  return (await server.request('/api/v1/session', { headers: { cookie } })).status === 200;
}

test('a session that was not used for a day is over', async () => {
  const cookie = cookieOf(await signIn(server.token));
  await server.database.query(`update session set last_used_at = now() - interval '23 hours'`);
  expect(await isSignedIn(cookie)).toBe(true);
  const [row] = await server.database.query(
    `select last_used_at > now() - interval '1 minute' as is_noted from session`,
  );
  expect(row).toEqual({ is_noted: true });
  await server.database.query(`update session set last_used_at = now() - interval '25 hours'`);
  expect(await isSignedIn(cookie)).toBe(false);
});

test('an owner sees the sessions of its account, and ends one from afar', async () => {
  const mine = cookieOf(await signIn(server.token, { 'user-agent': 'Browser A' }));
  const other = cookieOf(await signIn(server.token, { 'user-agent': 'Browser B' }));
  const { server: otherAccount } = await addAccount(server, 'Stranger');
  await signIn(otherAccount.token, { 'user-agent': 'Browser C' });
  const list = async (cookie: string) =>
    (await server.request('/api/v1/sessions', { headers: { cookie } })).json.items as Record<
      string,
      unknown
    >[];
  const items = await list(mine);
  expect(items.map((item) => [item['user_agent'], item['is_current']]).sort()).toEqual([
    ['Browser A', true],
    ['Browser B', false],
  ]);
  expect(items[0]).toMatchObject({ token_name: 'owner', source_ip: '127.0.0.1' });
  const id = items.find((item) => item['user_agent'] === 'Browser B')?.['id'];
  expectProblem(await otherAccount.api('DELETE', `/sessions/${id}`), 404, 'not_found');
  expect((await server.api('DELETE', `/sessions/${id}`)).status).toBe(204);
  expectProblem(await server.api('DELETE', `/sessions/${id}`), 404, 'not_found');
  expect([await isSignedIn(mine), await isSignedIn(other)]).toEqual([true, false]);
  const { items: acts } = (await server.api('GET', '/audit?action=session.ended')).json;
  expect(acts).toHaveLength(1);
});

test('a sign-in link works once, and for ten minutes', async () => {
  const secret = `rbl_${'a'.repeat(43)}`;
  const insert = (expires: string) =>
    server.database.query(
      `insert into sign_in_link (link_hash, token_hash, expires_at)
       values ($1, $2, now() + $3::interval)`,
      [hashSecret(secret), hashSecret(server.token), expires],
    );
  await insert('-1 second');
  expectProblem(await signIn(secret), 401, 'invalid_token');
  await server.database.query('delete from sign_in_link');
  await insert('1 minute');
  expect((await signIn(secret)).json).toMatchObject({ signed_in_as: 'owner' });
  expectProblem(await signIn(secret), 401, 'invalid_token');
  expectProblem(
    await server.request('/api/v1/account', { headers: { authorization: `Bearer ${secret}` } }),
    401,
    'invalid_token',
  );
});

test.each([
  ['another site', { origin: 'http://evil.example' }],
  ['no page', { origin: 'null' }],
  ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling, as the browser says', { 'sec-fetch-site': 'same-site' }],
])('a sign-in from %s is rejected', async (_name, headers) => {
  expectProblem(await signIn(server.token, headers), 403, 'wrong_origin');
});

test('over HTTPS the cookie is of this host alone', async () => {
  const publicUrl = 'https://ring.example';
  const secure = await startTestServerOn(server.database, { publicUrl });
  const answer = await signIn(secure.token, { origin: publicUrl }, secure);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^__Host-ringback_session=rbs_[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const headers = { cookie: cookieOf(answer) };
  expect((await secure.request('/api/v1/session', { headers })).status).toBe(200);
  const planted = { cookie: headers.cookie.replace('__Host-', '') };
  expect((await secure.request('/api/v1/session', { headers: planted })).status).toBe(401);
  await secure.stop();
});
