/** Getting started, as a new operator goes through it in the browser. */
import { expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { copyFrom, pathOf, useUi } from '../../support/ui.ts';

const ui = useUi();
const callId = 'CA 1/ü';

test('create a webhook, copy its URL and key, post back, and see the call change in log and timeline', async () => {
  const { server } = ui;
  await server.createCall(callId, { phone_number: '+12135550142', publisher: 'Northwind Media' });
  const { page, context } = await ui.open(`/sign-in#token=${server.token}`, { isSignedIn: false });

  // Create, and copy what is shown this once.
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByRole('link', { name: 'Incoming', exact: true }).click();
  await page.getByText('No webhooks yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Acme CRM');
  await dialog.getByRole('radio', { name: 'Conversions, revenue and more' }).check();
  await dialog.getByLabel('Match window', { exact: true }).fill('3');
  await dialog.getByLabel('Match rule').selectOption('first');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  await dialog.getByText('will not be shown again').waitFor();
  const authKey = await copyFrom(page, 'Auth key');
  const url = await copyFrom(page, 'Endpoint URL');
  expect(authKey).toMatch(/^rbk_[\w-]{43}$/);
  expect(url).toBe(`${server.url.replace('127.0.0.1', 'localhost')}/update-fields?auth_key=${authKey}`);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('link', { name: 'Acme CRM' }).click();
  await page.getByText('Nothing received yet').waitFor();
  expect(await page.content()).not.toContain(authKey);
  const { json } = await server.api('GET', '/webhooks/incoming');
  expect(json.items).toMatchObject([{ name: 'Acme CRM', match_window_hours: 72, match_rule: 'first' }]);

  // Post back, with the call and the log open: both follow.
  const call = await context.newPage();
  await call.goto(`/calls/${encodeURIComponent(callId)}`);
  const figures = call.getByRole('main');
  await figures.getByText('from no buyer yet').waitFor();
  const byGet = await server.request(`${pathOf(url)}&phone_number=(213)555-0142&converted=true`);
  expect(byGet.json).toMatchObject({ status: 'applied', call_log_id: callId, matched_by: 'phone_number' });
  const byPost = await server.request('/update-fields', {
    method: 'POST',
    headers: { 'x-auth-key': authKey },
    body: { call_log_id: callId, revenue_paid_out: 12.5, publisher_paid_out: '8', add: { deal: 'won' } },
  });
  expect(byPost.json).toMatchObject({ status: 'applied' });
  await server.request(`${pathOf(url)}&call_log_id=missing&converted=true`);
  const log = page.getByRole('region', { name: 'Postbacks of Acme CRM' });
  await log.getByText('call_not_found').waitFor();
  await expect.poll(() => log.getByRole('row').count()).toBe(4);
  expect(await log.getByRole('row').nth(2).textContent()).toMatch(/applied.*CA 1\/ü.*Revenue 12\.50/s);
  await expectAccessible(page);
  await figures.getByText('12.50').first().waitFor();
  await figures.getByText('converted', { exact: true }).first().waitFor();
  await call.close();

  // From the log to the call, its timeline, and the postback that made the change.
  await log.getByRole('row').nth(2).getByRole('link', { name: callId }).click();
  const timeline = page.getByRole('list', { name: 'Timeline' }).locator('> li');
  await expect.poll(() => timeline.count()).toBe(4);
  const last = timeline.nth(0);
  const changes = await last.getByRole('list', { name: 'Changes' }).getByRole('listitem').allInnerTexts();
  expect(changes.map((text) => text.replace(/\s+/g, ' '))).toEqual([
    'Revenue from none to 12.50',
    'Payout from none to 8.00',
    'Tag deal from none to won',
  ]);
  expect(await timeline.nth(1).textContent()).toMatch(/Acme CRM[\s\S]*Converted[\s\S]*no[\s\S]*yes/);
  await last.getByRole('link', { name: 'Postback' }).click();
  await page.getByRole('heading', { name: 'Postback of Acme CRM' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/postbacks/${byPost.json.postback_id}`);
  await page.getByRole('region', { name: 'Answer' }).getByText('"12.50"').waitFor();
});
