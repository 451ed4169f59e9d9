/** Signing in by a provider of OpenID Connect, in a real Chromium, on the pages of a real provider. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible, TestBrowser } from '../../support/browser/browser.ts';
import { startProvider, type TestProvider } from '../../support/programs/openid-provider.ts';
import { startTestServer, TestServer } from '../../support/server.ts';

let provider: TestProvider;
let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  provider = await startProvider();
  const started = await startTestServer({ openId: provider.settings }, 1);
  // The public URL of a server without a setting.
  const url = started.url.replace('127.0.0.1', 'localhost');
  server = new TestServer(url, started.database, started.token, started.stop);
  provider.serve(`${url}/api/v1/session/openid/callback`);
  browser = await TestBrowser.launch();
});

afterEach(() => browser.closePages());

afterAll(async () => {
  await browser.close();
  await server.stop();
  await provider.stop();
});

/** The provider's pages load a font from elsewhere. */
async function signInAtProvider(email: string, path: string) {
  const { page, faults } = await browser.open(server, path, { isSignedIn: false });
  await page.getByRole('link', { name: 'Sign in with Acme' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Sign in with Acme' }).click();
  await page.locator('input[name=login]').fill(email);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  return {
    page,
    ownFaults: () => faults.splice(0).filter((fault) => fault.includes(server.url)),
  };
}

test('a person who was invited comes back to the page that was asked for', async () => {
  const person = { email: 'ana@acme.example', name: 'Ana', role: 'operator' };
  await server.api('POST', '/people', person);
  const { page, ownFaults } = await signInAtProvider('ana@acme.example', '/calls?state=live');
  await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor();
  expect(new URL(page.url()).search).toContain('state=live');
  await page.getByText('Ana (operator)').waitFor();
  expect(ownFaults()).toEqual([]);
});

test('a person who was not invited sees whom to ask', async () => {
  const { page, ownFaults } = await signInAtProvider('stranger@acme.example', '/');
  await page.getByRole('alert').getByText('Ask an owner for an invitation').waitFor();
  await expectAccessible(page);
  expect(ownFaults()).toEqual([]);
});
