/** The first minutes with an empty account: the checklist on the overview, sample data, and screens without traffic. */
import { describe, expect, test } from 'vitest';
import { addAccount, withRole } from '../../support/accounts.ts';
import { expectAccessible } from '../../support/browser/browser.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

describe('an empty account', () => {
  test('is set up from the checklist without leaving it, until the test is applied', async () => {
    const { page } = await ui.open('/overview');
    const steps = page.getByRole('list', { name: 'First steps' });
    await steps.waitFor();
    await page.getByText('No calls and no postbacks yet').waitFor();
    await expectAccessible(page);
    expect(await steps.getByText('(done)').count()).toBe(0);
    expect(await page.getByText('Needs attention').count()).toBe(0);

    await steps.getByRole('button', { name: 'Create a webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Acme CRM');
    await dialog.getByRole('button', { name: 'Create webhook' }).click();
    await dialog.getByText('will not be shown again').waitFor();
    await expect.poll(() => page.getByText('(done)').count()).toBe(1);
    await dialog.getByRole('button', { name: 'Done' }).click(); // the key was shown all the time

    await steps.getByText('How to connect it').click();
    await steps.getByText('A call through the API', { exact: true }).waitFor();
    await steps.getByRole('button', { name: 'Create a test call' }).click();
    await steps.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('region', { name: 'Revenue and payouts' }).getByText('12.50').first().waitFor();
    await steps.getByText('The response: applied.').waitFor();
    await expect.poll(() => steps.getByText('(done)').count()).toBe(4);
    await page.reload();
    await page.getByRole('region', { name: 'Revenue and payouts' }).getByText('12.50').first().waitFor();
    expect(await steps.count()).toBe(0);
    const { items } = (await ui.server.api('GET', '/calls')).json;
    expect(items).toMatchObject([{ converted: true, revenue_paid_out: '12.50' }]);
  });

  test('loads sample data, sees that figures are made up, and removes it again', async () => {
    const { server } = await addAccount(ui.server, 'Looks around');
    const { page, context } = await ui.browser.open(server, '/system');
    await context.route('**/api/v1/events', () => {}); // what is loaded is shown without word of a change
    await page.goto('/overview');
    await page.getByRole('button', { name: 'Load sample data' }).click();
    const note = page.getByRole('region', { name: 'Sample data' });
    await note.getByText('are made up').waitFor();
    await page.getByRole('region', { name: 'By campaign' }).getByText('Solar quotes').waitFor();
    await page.getByRole('list', { name: 'Needs attention' }).getByText('found no call').waitFor();
    expect(await page.getByRole('list', { name: 'First steps' }).getByText('(done)').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Load sample data' }).count()).toBe(0);
    await expectAccessible(page);
    await note.getByRole('button', { name: 'Remove sample data' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No calls and no postbacks yet').waitFor();
    expect((await server.api('GET', '/calls')).json.items).toEqual([]);
  });

  test('offers an analyst nothing that the server would reject', async () => {
    const { server } = await addAccount(ui.server, 'Reads');
    const { page } = await ui.browser.open(await withRole(server, 'analyst'), '/overview');
    await page.getByText('No calls and no postbacks yet').waitFor();
    expect(await page.getByRole('list', { name: 'First steps' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Load sample data' }).count()).toBe(0);
  });
});

test('without traffic no screen says that all is well', async () => {
  const { server } = await addAccount(ui.server, 'Silent');
  const webhook = await server.createWebhook('update_fields', { name: 'Silent sender' });
  await server.createCall('one');
  const { page } = await ui.browser.open(server, '/overview');
  await page.getByText('No postback was received yet, so there is nothing to check').waitFor();
  await page.goto(`/webhooks/incoming/${webhook.id}`);
  await page.getByText('No postback was received in this period').waitFor();
  expect(await page.getByText('Nothing was rejected').count()).toBe(0);
  await server.post(webhook, { call_log_id: 'one', reason: 'x' });
  await page.getByText('Nothing was rejected').waitFor();
  await page.goto('/overview');
  await page.getByText('every postback of the last day found its call').waitFor();
});

test('figures are compared with the period before', async () => {
  const { server } = await addAccount(ui.server, 'Compares');
  for (const [id, started_at, revenue_paid_out] of [
    ['before', '2026-10-01T10:00:00Z', '40.00'],
    ['now', '2026-10-03T10:00:00Z', '50.00'],
  ]) {
    await server.createCall(String(id), { started_at, revenue_paid_out });
  }
  const { page } = await ui.browser.open(server, '/overview?period=custom&from=2026-10-03&to=2026-10-04');
  const figures = page.getByRole('region', { name: 'Revenue and payouts' });
  await figures.getByText('Compared with the 2 days before').waitFor();
  await expect.poll(() => figures.textContent()).toMatch(/Revenue50\.00\+25 % from 40\.00/);
});
