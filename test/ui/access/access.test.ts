/** Tokens and the audit log in the web UI, and what is not offered to whom the server would reject. */
import { expect, test } from 'vitest';
import { addAccount, withRole } from '../../support/accounts.ts';
import { expectAccessible } from '../../support/browser/browser.ts';
import { addFilter, useUi } from '../../support/ui.ts';

const ui = useUi();

test('a token is made, shown once, used, and revoked by typing its name', async () => {
  const { page } = await ui.open('/access/tokens');
  await page.getByRole('button', { name: 'Create a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Name who or what it is for').waitFor();
  await dialog.getByLabel('Name').fill('Ana of finance');
  await dialog.getByLabel('Role').selectOption('operator');
  await dialog.getByText('Can also change calls and webhooks').waitFor();
  await dialog.getByLabel('Expires').selectOption('in 30 days');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const token = await dialog.getByLabel('Token', { exact: true }).inputValue();
  expect(token).toMatch(/^rbt_/);
  await expectAccessible(page);
  const headers = { authorization: `Bearer ${token}` };
  const made = (await ui.server.request('/api/v1/session', { headers })).json;
  expect(made).toMatchObject({ signed_in_as: 'Ana of finance', role: 'operator' });
  await dialog.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row').filter({ hasText: 'Ana of finance' });
  await row.getByText('operator').waitFor();
  expect(await page.content()).not.toContain(token);
  const ownRow = page.getByRole('row').filter({ hasText: 'of the settings' });
  expect(await ownRow.getByRole('button').count()).toBe(0);
  await expectAccessible(page);

  await row.getByRole('button', { name: 'Revoke Ana of finance' }).click();
  const action = page.getByRole('dialog').getByRole('button', { name: 'Revoke' });
  expect(await action.isDisabled()).toBe(true);
  await page.getByLabel('to confirm').fill('Ana of finance');
  await action.click();
  await row.waitFor({ state: 'detached' });
  await expect.poll(async () => (await ui.server.request('/api/v1/session', { headers })).status).toBe(401);
});

test('the audit log tells who did what, filtered by the address', async () => {
  const name = '<img src=x onerror=alert(1)>';
  const webhook = await ui.server.createWebhook('update_fields', { name });
  await ui.server.api('PATCH', `/webhooks/incoming/${webhook.id}`, {
    allowed_addresses: ['10.0.0.0/8', '::1'],
  });
  const { page } = await ui.open('/access/audit');
  const changed = page.getByRole('row').filter({ hasText: 'changed the webhook' });
  await changed.getByText('none → 10.0.0.0/8, ::1').waitFor();
  await changed.getByText(name).waitFor();
  await changed.getByText('127.0.0.1').waitFor();
  await expectAccessible(page);
  const act = await addFilter(page, 'Act');
  const labels = await act.getByRole('option').allInnerTexts();
  expect(labels).toContain('Created the webhook …');
  expect(labels).toContain('Signed in');
  expect(labels.join()).not.toMatch(/[:_.]/);
  await act.selectOption('webhook.created');
  await page.getByRole('row').filter({ hasText: 'created the webhook' }).first().waitFor();
  await changed.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?action=webhook.created');
  await page.getByRole('button', { name: 'Remove the filter Act' }).click();
  await changed.waitFor();
});

test('the audit log names nobody twice, and what needs attention in words', async () => {
  const own = (await addAccount(ui.server, 'Acts')).server;
  const webhook = await own.createWebhook();
  await own.post(webhook, { call_log_id: 'lost', reason: 'r' });
  await own.api('POST', '/overview/acknowledgements', { id: 'unmatched:call_not_found' });
  const first = await ui.browser.open(own, '/access/audit');
  await first.page.getByRole('button', { name: 'Sign out' }).click();
  await first.page.getByRole('heading', { name: 'Sign in to Ringback' }).waitFor();
  const { page } = await ui.browser.open(own, '/access/audit');
  await page.getByRole('table').waitFor();
  const acts = await page.locator('tbody > tr > td:nth-child(2)').allInnerTexts();
  expect(acts.slice(0, 4)).toEqual([
    'owner signed in',
    'owner signed out',
    'owner signed in',
    'owner acknowledged what needs attention: postbacks that found no call',
  ]);
});

test.each(['operator', 'analyst'] as const)(
  '%s: is not offered access, and is told why when asking',
  async (role) => {
    const asked = await withRole(ui.server, role);
    const { page } = await ui.browser.open(asked, '/overview');
    await page.getByRole('link', { name: 'Calls' }).waitFor();
    expect(await page.getByRole('link', { name: 'Access' }).count()).toBe(0);
    await page.goto('/access/tokens');
    await page.getByText(`You are signed in as ${role}, and this is for owners`).waitFor();
  },
);

test('the owner changes the account, and all pages go by it at once', async () => {
  const own = (await addAccount(ui.server, 'Northwind')).server;
  const read = async () => (await own.api('GET', '/account')).json;
  const { page } = await ui.browser.open(own, '/access/account');
  const name = page.getByLabel('Name');
  await name.fill(' ');
  await page.getByLabel('Default country').fill('d');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Enter a name').waitFor();
  await page.getByText('Two letters of ISO 3166').waitFor();
  await expectAccessible(page);
  await name.fill('Northwind Media');
  await page.getByLabel('Time zone', { exact: true }).click();
  await page.keyboard.type('berlin');
  await page.getByRole('option', { name: /^Europe\/Berlin \(UTC\+0[12]:00\)$/ }).click();
  await page.getByLabel('Default country').fill('de');
  await page.getByText('are of Germany').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('banner').getByText('Northwind Media').waitFor();
  expect(await read()).toEqual({
    name: 'Northwind Media',
    time_zone: 'Europe/Berlin',
    default_country: 'DE',
    twilio_auth_token_set: false,
  });
  await page.getByText('No token is set').waitFor();
  expect(await page.getByRole('button', { name: 'Remove the token' }).count()).toBe(0);
  await page.getByLabel('Twilio auth token').fill('its-secret');
  await page.getByRole('button', { name: 'Set the token' }).click();
  await page.getByText('A token is set').waitFor();
  expect(await page.getByLabel('New Twilio auth token').inputValue()).toBe('');
  await page.getByRole('button', { name: 'Remove the token' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect((await read()).twilio_auth_token_set).toBe(true);
  await expect.poll(() => page.getByRole('button', { name: 'Remove the token' }).count()).toBe(1);
  await page.getByRole('button', { name: 'Remove the token' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the token' }).click();
  await page.getByText('No token is set').waitFor();
  expect((await read()).twilio_auth_token_set).toBe(false);
  const { items } = (await own.api('GET', '/audit?action=account.changed')).json;
  expect(items).toMatchObject([
    { changes: { twilio_auth_token: { from: 'hidden', to: null } } },
    { changes: { twilio_auth_token: { from: null, to: 'hidden' } } },
    { changes: { time_zone: { from: 'UTC', to: 'Europe/Berlin' } } },
  ]);
  expect(await page.getByText('Accounts of this installation').count()).toBe(0);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click();
  await page.getByText('days begin in Europe/Berlin').waitFor();
});

test('owners of the first account make others, each with a token that is shown once and opens it alone', async () => {
  const { page } = await ui.open('/access/account');
  await page.getByRole('button', { name: 'Create an account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Acme Media');
  // the zone of the browser is proposed
  expect(await dialog.getByLabel('Time zone', { exact: true }).inputValue()).toMatch(/^America\/New_York/);
  await dialog.getByLabel('Time zone', { exact: true }).click();
  await page.keyboard.type('chicago');
  await page.getByRole('option', { name: /^America\/Chicago/ }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const token = await dialog.getByLabel('Token', { exact: true }).inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row').filter({ hasText: 'Acme Media' }).getByText('America/Chicago').waitFor();
  expect(await page.content()).not.toContain(token);
  await expectAccessible(page);
  const headers = { authorization: `Bearer ${token}` };
  expect((await ui.server.request('/api/v1/session', { headers })).json).toMatchObject({
    role: 'owner',
    account: { name: 'Acme Media', time_zone: 'America/Chicago' },
    permissions: expect.not.arrayContaining(['manage_accounts']),
  });
});

test('on a phone, the audit log is one tap from the tokens', async () => {
  const { page } = await ui.open('/overview', { isPhone: true });
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  await page.getByRole('navigation', { name: 'Access' }).getByRole('link', { name: 'Audit log' }).click();
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  await expectAccessible(page);
});

test('a webhook gets fewer fields, and a signing secret that is shown once', async () => {
  const webhook = await ui.server.createWebhook('update_fields', { name: 'Buyer' });
  const read = async () => (await ui.server.api('GET', `/webhooks/incoming/${webhook.id}`)).json;
  const { page } = await ui.open(`/webhooks/incoming/${webhook.id}?tab=settings`);
  await page.getByRole('checkbox', { name: 'Payout', exact: true }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await read()).allowed_fields).not.toBeNull();
  expect((await read()).allowed_fields).not.toContain('publisher_paid_out');
  expect((await read()).allowed_fields).toContain('revenue_paid_out');
  await page.getByRole('button', { name: 'Require a signature' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Signing secret', { exact: true }).inputValue()).toMatch(/^whsec_/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  expect(await read()).toMatchObject({ signature_required: true });
  await page.getByRole('button', { name: 'Do not require a signature' }).click();
  await expect.poll(async () => (await read()).signature_required).toBe(false);
});
