/** A PUBLIC_URL with a path, behind a proxy that removes the path, and behind one that does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { greeting } from '../../src/cli/start.ts';
import { readConfig } from '../../src/config.ts';
import { sessionCookieName, sessionCookieOptions } from '../../src/http/guards/session-cookie.ts';
import { TestBrowser } from '../support/browser/browser.ts';
import { PrefixProxy } from '../support/programs/prefix-proxy.ts';
import { startTestServer, TestServer } from '../support/server.ts';
import { checkBehindPrefix } from './check-behind-prefix.ts';

describe.each([
  ['removes the path', true],
  ['passes the path on', false],
])('behind a proxy that %s', (_what, takesAway) => {
  let proxy: PrefixProxy;
  let server: TestServer;
  let publicUrl: string;

  beforeAll(async () => {
    proxy = await PrefixProxy.start('/tools/ringback', takesAway);
    publicUrl = `${proxy.origin}/tools/ringback`;
    server = await startTestServer({ publicUrl, trustedProxies: ['127.0.0.1'] }, 1);
    proxy.leadTo(server.url);
  });

  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  test('senders, documentation, streams and signatures work', () => checkBehindPrefix(publicUrl, server));

  test('the web UI works in a browser: sign-in, pages, reload', async () => {
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    await server.createCall('UI1', { started_at: startedAt, publisher: 'North Media' });
    const browser = await TestBrowser.launch();
    try {
      const outside = new TestServer(proxy.origin, server.database, server.token, async () => {});
      const { page, context } = await browser.open(outside, '/tools/ringback/calls', { isSignedIn: false });
      await page.waitForURL(/\/tools\/ringback\/sign-in\?from=/);
      await page.getByRole('textbox', { name: /token/i }).fill(server.token);
      await page.getByRole('button', { name: 'Sign in' }).last().click();
      await page.waitForURL(`${publicUrl}/calls`);
      const [cookie] = await context.cookies(`${publicUrl}/api/v1/session`);
      expect(cookie).toMatchObject({ name: 'ringback_session', path: '/tools/ringback/api/v1' });
      await page.locator('a[href$="/calls/UI1"]').first().click();
      await page.waitForURL(`${publicUrl}/calls/UI1`);
      await page.reload();
      await page.getByRole('heading', { name: 'UI1' }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).first().click();
      await page.waitForURL(`${publicUrl}/overview`);
      const hrefs = await page.evaluate<string[]>(
        `[...document.querySelectorAll('a[href^="/"]')].map((one) => one.getAttribute('href'))`,
      );
      expect(hrefs.length).toBeGreaterThan(5);
      expect(hrefs.filter((href) => !href.startsWith('/tools/ringback'))).toEqual([]);
      const broken = `[...document.images].filter((one) => one.complete && one.naturalWidth === 0).length`;
      expect(await page.evaluate(broken)).toBe(0);
      await page.route(/\/api\/v1\/postbacks/, (route) => route.abort());
      await page.goto('/tools/ringback/postbacks');
      const away = page.getByText('Ringback does not answer').first();
      await away.waitFor();
      await page.unroute(/\/api\/v1\/postbacks/);
      await away.waitFor({ state: 'detached' }); // without a click
      await page.goto('/tools/ringback/nowhere');
      await page.getByRole('heading').first().waitFor();
    } finally {
      await browser.close();
    }
  });
});

test('the links that the start prints begin with PUBLIC_URL', () => {
  const config = readConfig({ PUBLIC_URL: 'https://example.com/ringback/' });
  const adminToken = { token: 'x', madeIn: null };
  const server = {
    url: 'http://127.0.0.1:8080',
    publicUrl: config.publicUrl ?? '',
    adminToken,
    signInSecret: 'rbl_1',
  };
  const lines = greeting({ ...server, stop: async () => {} }, config).join('\n');
  expect(lines).toContain('sign in: https://example.com/ringback/sign-in#token=rbl_1');
  expect(lines).toContain('documentation: https://example.com/ringback/docs\n');
});

test('the cookie of a shared host is for its path alone', () => {
  const shared = 'https://example.com/ringback';
  expect(sessionCookieName(shared)).toBe('__Secure-ringback_session');
  expect(sessionCookieOptions(shared)).toMatchObject({ path: '/ringback/api/v1', secure: true });
  expect(sessionCookieName('https://example.com')).toBe('__Host-ringback_session');
  expect(sessionCookieOptions('https://example.com')).toMatchObject({ path: '/', secure: true });
});
