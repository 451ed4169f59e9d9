/** Lists that change while they are looked at. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), TestBrowser.launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('the live log of a webhook shows what comes by itself, and does not ask for it every few seconds', async () => {
  const webhook = await server.createWebhook('update_fields', { name: 'Watched' });
  const { page, context } = await browser.open(server, '/sign-in');
  await page.clock.install();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await page.goto(`/webhooks/incoming/${webhook.id}`);
  await page.getByText('Nothing has come yet').waitFor();
  await page.waitForLoadState('load');
  const readings = () => asked.filter((url) => url.includes(`/postbacks?webhook_id=${webhook.id}`)).length;
  const before = readings();
  await page.clock.runFor(60_000);
  expect(readings()).toBe(before);
  await server.post(webhook, { call_log_id: 'nobody', reason: 'x' });
  await page.getByText('call_not_found').first().waitFor();
  expect(readings()).toBeGreaterThan(before);
});
