/** Sign-in by OpenID Connect with a real provider, behind a public URL that has a path. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAccount } from '../support/accounts.ts';
import { FormBrowser, startProvider, type TestProvider } from '../support/programs/openid-provider.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const publicUrl = 'https://books.example/ringback';
let provider: TestProvider;
let server: TestServer;

beforeAll(async () => {
  provider = await startProvider();
  provider.serve(`${publicUrl}/api/v1/session/openid/callback`);
  server = await startTestServer({ publicUrl, openId: provider.settings, trustedProxies: ['127.0.0.1'] });
});

afterAll(async () => {
  await server.stop();
  await provider.stop();
});

async function invite(email: string, on = server, role = 'operator') {
  const { json } = await on.api('POST', '/people', { email, name: email.split('@')[0], role });
  return json;
}

const start = `${publicUrl}/api/v1/session/openid`;
/** A page of Ringback, where the way over the provider ends. */
const isPage = (url: string) => url.startsWith(publicUrl) && !url.includes('/api/');
const newBrowser = () => new FormBrowser((url) => url.replace(publicUrl, server.url));

async function readSession(browser: FormBrowser) {
  const response = await browser.ask(`${publicUrl}/api/v1/session`);
  return (await response.json()) as Record<string, unknown>; // of our own server
}

test('a person who was invited signs in by the verified address, goes on where they were, and has no password', async () => {
  const ana = await invite('ana@acme.example');
  const browser = newBrowser();
  const end = await browser.follow(`${start}?from=%2Fcalls%3Fstate%3Dlive`, 'Ana@Acme.example', isPage);
  expect(end).toBe(`${publicUrl}/calls?state=live`);
  expect(await readSession(browser)).toMatchObject({
    signed_in_as: 'ana',
    role: 'operator',
    person_id: ana.id,
  });
  expect(browser.cookie(publicUrl, '__Host-ringback_openid')).toBeUndefined();
  const { items } = (await server.api('GET', `/audit?actor_person_id=${ana.id}`)).json;
  expect(items).toMatchObject([{ action: 'session.created', actor: 'ana' }]);
  const [listed] = (await server.api('GET', '/people')).json.items;
  expect(listed).toMatchObject({ has_password: false, last_signed_in_at: expect.any(String) });
  await server.api('DELETE', `/people/${ana.id}`);
  expect(await readSession(browser)).toMatchObject({ code: 'invalid_token' });
});

test('the session cookie is as strict as that of a password, the one on the way is read by no script', async () => {
  const response = await newBrowser().ask(start);
  expect(response.status).toBe(302);
  const location = new URL(response.headers.get('location') ?? '');
  expect(Object.fromEntries(location.searchParams)).toMatchObject({
    client_id: 'ringback',
    code_challenge_method: 'S256',
    redirect_uri: `${publicUrl}/api/v1/session/openid/callback`,
    response_type: 'code',
    state: expect.stringMatching(/.{20,}/),
    nonce: expect.stringMatching(/.{20,}/),
  });
  expect(response.headers.get('set-cookie')).toMatch(
    /^__Host-ringback_openid=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

describe('a sign-in is rejected for a person', () => {
  test.each([
    ['who was not invited', 'stranger@acme.example', 'not_invited'],
    ['whose address is not verified', 'unverified@acme.example', 'not_verified'],
  ])('%s', async (_who, email, failed) => {
    if (failed === 'not_verified') await invite(email);
    const browser = newBrowser();
    const end = await browser.follow(`${start}?from=%2Fcalls`, email, isPage);
    expect(end).toBe(`${publicUrl}/sign-in?failed=${failed}&from=%2Fcalls`);
    expect(await readSession(browser)).toMatchObject({ code: 'invalid_token' });
  });

  test('with an answer that another browser began, or that was used', async () => {
    await invite('bo@acme.example');
    const theirs = newBrowser();
    const isCallback = (url: string) => url.includes('/openid/callback');
    const answer = await theirs.follow(start, 'bo@acme.example', isCallback);
    const other = newBrowser();
    expect(await other.follow(answer, '', isPage)).toContain('failed=expired');
    await other.ask(start); // a separate flow, with another state
    expect(await other.follow(answer, '', isPage)).toContain('failed=rejected');
    const kept = theirs.cookie(publicUrl, '__Host-ringback_openid');
    expect(await theirs.follow(answer, '', isPage)).toBe(`${publicUrl}/`);
    // The same answer with the same cookie: the provider takes a code once.
    const again = await server.request(answer.replace(publicUrl, ''), {
      redirect: 'manual',
      headers: { cookie: `__Host-ringback_openid=${kept}` },
    });
    expect(again.headers.get('location')).toContain('failed=rejected');
  });

  test('by a wrong nonce or code verifier', async () => {
    for (const name of ['nonce', 'codeVerifier']) {
      const browser = newBrowser();
      const answer = await browser.follow(start, 'bo@acme.example', (url) =>
        url.includes('/openid/callback'),
      );
      const flow = JSON.parse(
        Buffer.from(browser.cookie(publicUrl, '__Host-ringback_openid') ?? '', 'base64url').toString(),
      );
      const forged = Buffer.from(JSON.stringify({ ...flow, [name]: 'x'.repeat(43) })).toString('base64url');
      const ended = await server.request(answer.replace(publicUrl, ''), {
        redirect: 'manual',
        headers: { cookie: `__Host-ringback_openid=${forged}` },
      });
      expect(ended.headers.get('location'), name).toContain('failed=rejected');
    }
  });

  test('and no browser is sent to another site', async () => {
    for (const from of ['//evil.example', 'https://evil.example', '/\\evil.example', '/calls\r\nx: y']) {
      const browser = newBrowser();
      const end = await browser.follow(
        `${start}?${new URLSearchParams({ from })}`,
        'bo@acme.example',
        isPage,
      );
      expect(end).toBe(`${publicUrl}/`);
    }
  });
});

test('a person of two accounts chooses one', async () => {
  const { server: other, accountId: otherId } = await addAccount(server, 'Other books');
  await invite('cy@acme.example');
  await invite('cy@acme.example', other, 'analyst');
  const browser = newBrowser();
  const end = new URL(await browser.follow(start, 'cy@acme.example', isPage));
  expect(end.pathname).toBe('/ringback/sign-in');
  const accounts = JSON.parse(new URLSearchParams(end.hash.slice(1)).get('accounts') ?? '');
  expect(accounts).toMatchObject([{ name: 'Ringback' }, { id: otherId, name: 'Other books' }]);
  expect(await readSession(browser)).toMatchObject({ code: 'invalid_token' });
  expect(await browser.follow(`${start}?account=${otherId}`, 'cy@acme.example', isPage)).toBe(
    `${publicUrl}/`,
  );
  expect(await readSession(browser)).toMatchObject({ account: { name: 'Other books' }, role: 'analyst' });
});

test('without a provider there is no such route; with one that is away the sign-in page says so', async () => {
  const none = await startTestServer();
  expect((await none.request('/api/v1/session/openid')).status).toBe(404);
  expect((await none.request('/api/v1/session/options')).json).toEqual({
    openid: null,
    has_password_reset: false,
  });
  await none.stop();
  const gone = await startProvider();
  await gone.stop();
  const lonely = await startTestServer({ openId: gone.settings });
  expect((await lonely.request('/api/v1/session/options')).json).toMatchObject({ openid: { name: 'Acme' } });
  const answer = await lonely.request('/api/v1/session/openid', { redirect: 'manual' });
  expect(answer.headers.get('location')).toMatch(/\/sign-in\?failed=unreachable$/);
  await lonely.stop();
});
