/** Lists that change while they are looked at. */
import { expect, test } from 'vitest';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

test('the live log of a webhook shows what comes automatically, and does not ask for it every few seconds', async () => {
  const webhook = await ui.server.createWebhook('update_fields', { name: 'Watched' });
  const { page, context } = await ui.open('/sign-in', { isAlone: true });
  await page.clock.install();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await page.goto(`/webhooks/incoming/${webhook.id}`);
  await page.getByText('Nothing received yet').waitFor();
  await page.waitForLoadState('load');
  const readings = () => asked.filter((url) => url.includes(`/postbacks?webhook_id=${webhook.id}`)).length;
  const before = readings();
  await page.clock.runFor(60_000);
  expect(readings()).toBe(before);
  await ui.server.post(webhook, { call_log_id: 'missing', reason: 'x' });
  await page.getByText('call_not_found').first().waitFor();
  await expect.poll(readings).toBeGreaterThan(before);
});
