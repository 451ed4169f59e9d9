/** Signing a browser in and out: sessions, their cookie, and the pages. */
import { describe, expect, test } from 'vitest';
import { withRole } from '../../support/accounts.ts';
import { expectAccessible } from '../../support/browser/browser.ts';
import { expectProblem } from '../../support/problem.ts';
import { startTestServer, startTestServerOn, type TestServer } from '../../support/server.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

describe('a browser', () => {
  test('is signed in by the link, whose token is in no request’s address and not in the history', async () => {
    const { page, context } = await ui.open('/sign-in', { isSignedIn: false });
    await page.getByLabel('API token').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`/sign-in#token=${ui.server.token}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.waitForURL(/\/overview$/);
    // A fragment is in what the browser reports of a navigation, and is not sent.
    expect(asked.map((url) => url.split('#')[0]).join()).not.toContain(ui.server.token);
    await page.goBack();
    expect(page.url()).not.toContain(ui.server.token);
    const cookies = await context.cookies(`${ui.server.url}/api/v1/session`);
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', secure: false, path: '/api/v1' }]);
    expect(await context.cookies(`${ui.server.url}/update-fields`)).toEqual([]);
  });

  test('is signed in by hand, and led to where it wanted to go', async () => {
    const { page } = await ui.open('/webhooks/incoming', { isSignedIn: false });
    await page.waitForURL(/\/sign-in/);
    await page.getByLabel('API token').fill(` ${ui.server.token} `);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Incoming webhooks' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/webhooks/incoming');
  });

  test('with a wrong token shows what to do, and can be tried again', async () => {
    const { page } = await ui.open('/sign-in#token=nonsense', { isSignedIn: false });
    await page.getByRole('alert').getByText('opens nothing').waitFor();
    await expectAccessible(page);
    await page.getByLabel('API token').fill(ui.server.token);
    await page.getByRole('button', { name: 'Sign in with token' }).click();
    await page.waitForURL(/\/overview$/);
  });

  test('redirects to no other site, for any address', async () => {
    for (const from of ['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example']) {
      const path = `/sign-in?from=${encodeURIComponent(from)}#token=${ui.server.token}`;
      const { page } = await ui.open(path, { isSignedIn: false });
      await page.waitForURL(`${ui.server.url}/overview`);
    }
  });

  test('that signs out has no session any more, here and on the server', async () => {
    const { page, context } = await ui.open('/calls');
    const [cookie] = await context.cookies(`${ui.server.url}/api/v1`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API token').waitFor();
    expect(await context.cookies(`${ui.server.url}/api/v1`)).toEqual([]);
    const answer = await ui.server.request('/api/v1/session', {
      headers: { cookie: `${cookie?.name}=${cookie?.value}` },
    });
    expectProblem(answer, 401, 'invalid_token');
    await page.goto('/calls');
    await page.waitForURL(/\/sign-in/);
  });

  test('whose token is revoked is shown the way in within seconds, and goes on where it was', async () => {
    const asked = await withRole(ui.server, 'operator');
    const { page } = await ui.browser.open(asked, '/calls?state=live');
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
    const { items } = (await ui.server.api('GET', '/tokens?limit=1')).json;
    expect((await ui.server.api('DELETE', `/tokens/${items[0].id}`)).status).toBe(204);
    await page.getByRole('status').getByText('Your session has ended').waitFor();
    await expectAccessible(page);
    await page.getByLabel('API token').fill(ui.server.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
    expect(page.url()).toBe(`${ui.server.url}/calls?state=live`);
  });

  test('whose session ends in the middle of an edit signs in again, and goes on with the edit', async () => {
    await ui.server.createCall('edited');
    const { page } = await ui.open('/calls/edited');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByLabel('Reason', { exact: true }).fill('half written');
    const { items } = (await ui.server.api('GET', '/sessions?limit=500')).json;
    for (const { id } of items) await ui.server.api('DELETE', `/sessions/${id}`);
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.getByText('Your session has ended').waitFor();
    await expectAccessible(page, 'dialog');
    await page.keyboard.press('Escape'); // does not lead past it
    await again.getByLabel('API token').fill('rbt_wrong');
    await page.keyboard.press('Enter');
    await again.getByRole('alert').waitFor();
    await again.getByLabel('API token').fill(ui.server.token);
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'detached' });
    expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('half written');
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Change the call' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await ui.server.readCall('edited')).reason).toBe('half written');
  });

  test('that signs out in one tab is signed out in the other', async () => {
    const { page, context } = await ui.open('/access/audit');
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
    const other = await context.newPage();
    await other.goto('/calls');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('API token').waitFor();
    const ended = page.getByRole('status').getByText('Your session has ended');
    await ended.waitFor();
    await context.request.post('/api/v1/session', { data: { token: ui.server.token } });
    await page.evaluate("window.dispatchEvent(new Event('focus'))"); // as the tab is turned to
    await ended.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  });

  test('keeps the theme that was chosen', async () => {
    const { page } = await ui.open('/calls');
    const background = () =>
      page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const light = await background();
    await page.getByRole('radio', { name: 'dark' }).check();
    await expect.poll(background).not.toBe(light);
    await page.reload();
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
    expect(await background()).not.toBe(light);
    await page.getByRole('radio', { name: 'system' }).check();
    await expect.poll(background).toBe(light);
  });
});

describe('a session', () => {
  async function signIn(on: TestServer): Promise<string> {
    const { status, headers } = await on.request('/api/v1/session', {
      method: 'POST',
      body: { token: on.token },
    });
    expect(status).toBe(200);
    return headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  test('has the rights of its token on every route, and says whose it is', async () => {
    const cookie = await signIn(ui.server);
    const { status, json, headers } = await ui.server.request('/api/v1/session', { headers: { cookie } });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toMatchObject({
      signed_in_as: 'owner',
      role: 'owner',
      account: { name: 'Ringback', time_zone: 'UTC', default_country: 'US' },
      public_url: ui.server.url.replace('127.0.0.1', 'localhost'),
    });
    expect(Date.parse(json.expires_at)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expect((await ui.server.request('/api/v1/calls', { headers: { cookie } })).status).toBe(200);
  });

  test('is stored as a hash', async () => {
    const secret = (await signIn(ui.server)).split('=')[1] ?? '';
    expect(secret).toMatch(/^rbs_[\w-]{43}$/);
    const rows = await ui.server.database.query('select to_json(t)::text as row from session t');
    expect(rows.length).toBeGreaterThan(0);
    for (const text of [secret, Buffer.from(secret).toString('hex'), ui.server.token])
      expect(JSON.stringify(rows)).not.toContain(text);
  });

  test('changes things for pages of this server only', async () => {
    const cookie = await signIn(ui.server);
    const own = new URL(ui.server.url).origin;
    const change = (headers: Record<string, string>, method = 'PATCH') =>
      ui.server.request('/api/v1/account', {
        method,
        headers: { cookie, ...headers },
        ...(method === 'PATCH' && { body: { name: 'Ringback' } }),
      });
    for (const headers of [
      {},
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
      { origin: own.replace('127.0.0.1', 'localhost').replace(/\d+$/, '1') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expectProblem(await change(headers), 403, 'wrong_origin');
    }
    expect((await change({ origin: own })).status).toBe(200);
    expect((await change({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await change({}, 'GET')).status).toBe(200);
  });

  test('is not opened for a page of another site', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const answer = await ui.server.request('/api/v1/session', {
      method: 'POST',
      headers,
      body: { token: ui.server.token },
    });
    expectProblem(answer, 403, 'wrong_origin');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('is known by PUBLIC_URL behind a proxy, and its cookie goes by https only', async () => {
    const proxied = await startTestServerOn(ui.server.database, { publicUrl: 'https://ringback.example' });
    try {
      const { headers } = await proxied.request('/api/v1/session', {
        method: 'POST',
        headers: { origin: 'https://ringback.example' },
        body: { token: proxied.token },
      });
      expect(headers.get('set-cookie')).toMatch(/; Secure/);
      const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
      const answer = await proxied.request('/api/v1/session', {
        method: 'DELETE',
        headers: { cookie, origin: 'https://ringback.example' },
      });
      expect(answer.status).toBe(204);
      expectProblem(await proxied.request('/api/v1/session', { headers: { cookie } }), 401, 'invalid_token');
    } finally {
      await proxied.stop();
    }
  });

  test('ends when its time is over, and when its token is replaced', async () => {
    const ending = await startTestServer();
    const cookie = await signIn(ending);
    const ask = () => ending.request('/api/v1/session', { headers: { cookie } });
    expect((await ask()).status).toBe(200);
    await ending.database.query(`update session set expires_at = now() - interval '1 second'`);
    expectProblem(await ask(), 401, 'invalid_token');
    await ending.database.query(`update session set expires_at = now() + interval '1 day'`);
    expect((await ask()).status).toBe(200);
    const restarted = await startTestServerOn(ending.database, { adminToken: 'another-admin-token' });
    expectProblem(await ask(), 401, 'invalid_token');
    await restarted.stop();
    await ending.stop();
  });

  test('does not outweigh a token that is sent along', async () => {
    const cookie = await signIn(ui.server);
    const headers = { cookie, authorization: 'Bearer wrong' };
    expectProblem(await ui.server.request('/api/v1/calls', { headers }), 401, 'invalid_token');
  });
});

describe('pages', () => {
  test.each([
    '/',
    '/sign-in',
    '/overview',
    '/calls',
    '/calls/a%2Fb%20%3C%25',
    '/postbacks',
    '/webhooks/incoming',
  ])('%s is served under a strict policy and never from a cache unasked', async (path) => {
    const { status, headers, text } = await ui.server.request(path, { headers: { accept: 'text/html' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'.*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(text).not.toMatch(/https?:\/\//);
  });

  test.each(['/webhook', '/access/tokns', '/calls/C1/nothing', '/nothing'])(
    'a wrong address says so in a browser: %s',
    async (path) => {
      const { page, faults } = await ui.open(path);
      await page.getByText('There is no page at this address').waitFor();
      faults.splice(0);
    },
  );

  test('a program gets the error of a wrong address as JSON, a browser a page of status 404', async () => {
    expectProblem(await ui.server.request('/nothing'), 404, 'not_found');
    const headers = { accept: 'text/html,application/xhtml+xml' };
    const { status, headers: sent } = await ui.server.request('/nothing', { headers });
    expect([status, sent.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expectProblem(await ui.server.request('/api/v1/nothing', { headers }), 404, 'not_found');
  });

  test.each([
    ['/webhooks', 'Incoming webhooks'],
    ['/access', 'Tokens'],
  ])('an area without a separate page leads to its first page: %s', async (path, heading) => {
    const { page } = await ui.open(path);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  });

  test('their files are compressed and kept for good', async () => {
    const { text } = await ui.server.request('/');
    const script = /src="(\/assets\/[^"]+)"/.exec(text)?.[1] ?? '';
    const { status, headers } = await ui.server.request(script, { headers: { 'accept-encoding': 'br' } });
    expect(status).toBe(200);
    expect(headers.get('content-encoding')).toBe('br');
    expect(headers.get('cache-control')).toMatch(/max-age=31536000.*immutable/);
    expectProblem(await ui.server.request('/assets/none.js'), 404, 'not_found');
    expectProblem(await ui.server.request('/assets/..%2f..%2fpackage.json'), 404, 'not_found');
  });

  test('hold to their policy: what it forbids is not run', async () => {
    const { page, faults } = await ui.open('/sign-in', { isSignedIn: false });
    await page.getByLabel('API token').waitFor();
    const isRun = await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.isRun = true';
      document.head.append(script);
      'isRun' in window;
    }`);
    expect(isRun).toBe(false);
    expect(faults.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  test('are clean for axe, and have one heading and a title', async () => {
    for (const [path, title] of [
      ['/calls', 'Calls'],
      ['/webhooks/incoming', 'Incoming webhooks'],
      ['/webhooks/nothing', 'There is no page at this address'],
    ] as const) {
      const { page } = await ui.open(path);
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      await expectAccessible(page);
    }
  });
});
