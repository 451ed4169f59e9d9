/** People in the browser: invited, signed in by password, listed, and signed out. */
import { expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { copyFrom, useUi } from '../../support/ui.ts';

const ui = useUi();
const password = 'correct horse battery';

test('an owner invites a person, who sets a password by the link, signs out, and signs in again', async () => {
  const { page } = await ui.open('/access/people');
  await page.getByText('No people yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Invite a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await dialog.getByText('Enter a name').waitFor();
  await dialog.getByLabel('E-mail address').fill('ana@acme.example');
  await dialog.getByLabel('Name').fill('Ana');
  await dialog.getByLabel('Role').selectOption('owner');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const url = await copyFrom(page, 'Invitation link');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('cell', { name: 'invited' }).waitFor();

  const link = new URL(url);
  const { page: theirs } = await ui.open(`${link.pathname}${link.hash}`, { isSignedIn: false });
  await theirs.getByRole('heading', { name: 'Choose a password' }).waitFor();
  expect(theirs.url()).not.toContain('rbi_');
  expect(await theirs.getByLabel('E-mail address').inputValue()).toBe('ana@acme.example');
  await expectAccessible(theirs);
  await theirs.getByLabel('New password').fill('short');
  await theirs.keyboard.press('Enter');
  await theirs.getByText('Enter at least 12 characters').waitFor();
  await theirs.getByLabel('New password').fill(password);
  await theirs.keyboard.press('Enter');
  await theirs.waitForURL(/\/overview$/);
  await theirs.setViewportSize({ width: 360, height: 740 });
  await theirs.getByRole('button', { name: 'Change password' }).waitFor();
  expect(await theirs.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await theirs.getByRole('button', { name: 'Sign out' }).click();
  await theirs.getByLabel('E-mail address').fill('ana@acme.example');
  await theirs.getByLabel('Password').fill('a wrong password');
  await theirs.keyboard.press('Enter');
  await theirs.getByRole('alert').getByText('is wrong').waitFor();
  await expectAccessible(theirs);
  await theirs.getByLabel('Password').fill(password);
  await theirs.keyboard.press('Enter');
  await theirs.waitForURL(/\/overview$/);

  // What she does is found by her name, and her session is ended from afar.
  expect((await ui.server.api('GET', '/people')).json.items).toMatchObject([
    { name: 'Ana', has_password: true },
  ]);
  await page.goto('/access/sessions');
  await page.getByRole('cell', { name: 'Ana', exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign out Ana' }).click();
  await theirs.getByRole('status').getByText('Your session has ended').waitFor();
  await page.goto('/access/people');
  await page.getByRole('region', { name: 'People' }).getByRole('link', { name: 'Audit log' }).click();
  await page.waitForURL(/actor_person_id=/);
  const log = page.getByRole('region', { name: 'Audit log' });
  await log.getByText('set a new password').waitFor();
  expect(await log.getByText('invited').count()).toBe(0);
});

test('a role is changed, a link for a new password is created, and a person is removed', async () => {
  const invited = await ui.server.api('POST', '/people', {
    ...{ email: 'bo@acme.example', name: 'Bo', role: 'analyst' },
  });
  const { page } = await ui.open('/access/people');
  await page.getByRole('button', { name: 'Manage Bo' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Role').selectOption('operator');
  await dialog.getByRole('button', { name: 'Change role' }).click();
  await page.getByRole('row', { name: 'Bo' }).getByText('operator').waitFor();
  await page.getByRole('button', { name: 'Manage Bo' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create a new invitation link' }).click();
  const url = await copyFrom(page, 'Invitation link');
  expect(url).not.toBe(invited.json.invitation_url);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Manage Bo' }).click();
  await dialog.getByRole('button', { name: 'Remove…' }).click();
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Manage Bo' }).count()).toBe(0);
});

test('a person changes the own password; errors are shown at their fields', async () => {
  const { json } = await ui.server.api('POST', '/people', {
    ...{ email: 'cy@acme.example', name: 'Cy', role: 'analyst' },
  });
  const link = new URL(json.invitation_url);
  const { page } = await ui.open(`${link.pathname}${link.hash}`, { isSignedIn: false });
  await page.getByLabel('New password').fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/overview$/);
  await page.getByRole('button', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Current password').fill('a wrong password');
  await dialog.getByLabel('New password').fill('short');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('Enter at least 12 characters').waitFor();
  await dialog.getByLabel('New password').fill('another horse battery');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('This is not your current password').waitFor();
  expect(await dialog.getByLabel('Current password').getAttribute('aria-invalid')).toBe('true');
  await expectAccessible(page);
  await dialog.getByLabel('Current password').fill(password);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Password changed').waitFor();
  const body = { email: 'cy@acme.example', password: 'another horse battery' };
  const answer = await ui.server.request('/api/v1/session/password', { method: 'POST', body });
  expect(answer.status).toBe(200);
});

test('the error of a taken address is shown at its field', async () => {
  await ui.server.api('POST', '/people', { email: 'dee@acme.example', name: 'Dee', role: 'analyst' });
  const { page } = await ui.open('/access/people');
  await page.getByRole('button', { name: 'Invite a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail address').fill('dee@acme.example');
  await dialog.getByLabel('Name').fill('Dee');
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await dialog.getByText('This account has a person with this address').waitFor();
  expect(await dialog.getByLabel('E-mail address').getAttribute('aria-invalid')).toBe('true');
  expect(await dialog.getByRole('alert').count()).toBe(0);
});
