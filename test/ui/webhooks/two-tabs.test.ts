/** Two people change the settings of the same thing: what one has changed, the other does not set back. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { findFreePort } from '../../support/programs/free-port.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

async function save(page: Page, [label, value]: readonly [string, string]): Promise<void> {
  await page.getByRole('main').getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/^Saved/).waitFor();
}

test('of an incoming webhook, an outgoing webhook and the account', async () => {
  const incoming = await ui.server.createWebhook('update_fields', { name: 'CRM' });
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const settings = { name: 'Tracker', url, events: ['call.converted'] };
  const outgoing = (await ui.server.api('POST', '/webhooks/outgoing', settings)).json;
  for (const [path, apiPath, first, second, both] of [
    [
      `/webhooks/incoming/${incoming.id}?tab=settings`,
      `/webhooks/incoming/${incoming.id}`,
      ['Requests a minute', '500'],
      ['Name', 'CRM of Acme'],
      { name: 'CRM of Acme', rate_limit_per_minute: 500 },
    ],
    [
      `/webhooks/outgoing/${outgoing.id}?tab=settings`,
      `/webhooks/outgoing/${outgoing.id}`,
      ['Requests a minute', '30'],
      ['Name', 'Tracker of Acme'],
      { name: 'Tracker of Acme', max_per_minute: 30, url },
    ],
    [
      '/access/account',
      '/account',
      ['Default country', 'DE'],
      ['Name', 'Acme'],
      { name: 'Acme', default_country: 'DE' },
    ],
  ] as const) {
    const [{ page: one }, { page: other }] = [await ui.open(path), await ui.open(path)];
    await other.getByRole('button', { name: 'Save', exact: true }).waitFor();
    await save(one, first);
    await save(other, second);
    expect((await ui.server.api('GET', apiPath)).json).toMatchObject(both);
  }
});
