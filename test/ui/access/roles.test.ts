/** What each role is offered in the web UI: all that the server lets it do, and nothing that it would be rejected. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '../../../src/core/access/role.ts';
import { withRole } from '../../support/accounts.ts';
import { expectAccessible, type TestPage } from '../../support/browser/browser.ts';
import { goTo, useUi } from '../../support/ui.ts';

const ui = useUi();
/** each with a heading or a tab that is there when the page is */
let pages: { path: string; isThere(page: Page): Locator; offers: Partial<Record<Role, string[]>> }[];

beforeAll(async () => {
  const { server } = ui;
  const webhook = await server.createWebhook('update_fields', { name: 'CRM', signature_required: true });
  const unsigned = await server.createWebhook();
  await server.createCall('CA1', { campaign: 'Roofing' });
  await server.post(unsigned, { call_log_id: 'CA1', reason: 'x' });
  const rejected = (await server.post(unsigned, { call_log_id: 'missing', reason: 'x' })).json.postback_id;
  const heading = (name: string) => (page: Page) =>
    page.getByRole('heading', { name, exact: true, level: 1 });
  const byId = `/webhooks/incoming/${webhook.id}`;
  const platform = await server.createWebhook('calls', { name: 'Telnyx', preset: 'telnyx' });
  const ofPlatform = `/webhooks/incoming/${platform.id}`;
  const onWebhook = ['Pause', 'Rotate key', 'More actions'];
  pages = [
    { path: '/overview', isThere: heading('Overview'), offers: {} },
    { path: '/calls', isThere: heading('Calls'), offers: { analyst: ['Export CSV'] } },
    { path: '/calls/CA1', isThere: heading('CA1'), offers: { operator: ['Change'] } },
    { path: '/postbacks', isThere: heading('Postbacks'), offers: {} },
    {
      path: `/postbacks/${rejected}`,
      isThere: (page) => page.getByRole('heading', { name: 'Replay' }),
      offers: { analyst: ['Copy as curl the request'], operator: ['Replay'] },
    },
    { path: '/webhooks/incoming', isThere: heading('Incoming webhooks'), offers: { operator: ['Create'] } },
    { path: byId, isThere: heading('CRM'), offers: { operator: onWebhook } },
    { path: `${byId}?tab=builder`, isThere: heading('CRM'), offers: { operator: onWebhook } },
    {
      path: `${byId}?tab=test`,
      isThere: heading('CRM'),
      offers: { operator: [...onWebhook, 'Dry run', 'Send'] },
    },
    {
      path: `${byId}?tab=mapping`,
      isThere: (page) => page.getByText('How it is read'),
      offers: { operator: [...onWebhook, 'Save the mapping'] },
    },
    {
      path: `${byId}?tab=settings`,
      isThere: heading('CRM'),
      offers: {
        operator: [...onWebhook, 'Save', 'Do not require a signature', 'New signing secret'],
      },
    },
    {
      path: `${ofPlatform}?tab=settings`,
      isThere: heading('Telnyx'),
      offers: { operator: [...onWebhook, 'Save', 'Check signatures'] },
    },
    { path: '/access/tokens', isThere: heading('Tokens'), offers: { owner: ['Create a token'] } },
    {
      path: '/access/account',
      isThere: heading('Account'),
      offers: { owner: ['Save', 'Set the token', 'Create an account'] },
    },
    { path: '/access/audit', isThere: heading('Audit log'), offers: {} },
  ];
});

/** Signed in as this role, with what the server rejected it. */
async function openAs(role: Role): Promise<TestPage & { rejected: string[] }> {
  const opened = await ui.browser.open(await withRole(ui.server, role), '/overview');
  const rejected: string[] = [];
  opened.page.on('response', (response) => {
    if (response.status() === 403) rejected.push(`${response.request().method()} ${response.url()}`);
  });
  return { ...opened, rejected };
}

async function show(page: Page, { path, isThere }: (typeof pages)[number]): Promise<void> {
  await goTo(page, path);
  await isThere(page).first().waitFor();
  await page.locator('.animate-pulse').first().waitFor({ state: 'detached' });
}

/** The names of what can be pressed or changed on the page. */
const controlsOf = (page: Page) =>
  page
    .locator('main :is(button, input, select, textarea):enabled:visible')
    .evaluateAll((all) => all.map((one) => one.textContent));

describe.each(roles)('%s', (role) => {
  test('is offered what it may, on every page, and nothing else', async () => {
    const { page, rejected } = await openAs(role);
    for (const one of pages) {
      await show(page, one);
      for (const [needed, names] of Object.entries(one.offers)) {
        const isOffered = roles.indexOf(role) >= roles.indexOf(needed as Role); // keys of offers are roles
        for (const name of names) {
          const button = page.getByRole('main').getByRole('button', { name, exact: true });
          await expect
            .poll(() => button.count(), { message: `${one.path}: ${name}` })
            .toBe(isOffered ? 1 : 0);
        }
      }
    }
    expect(rejected).toEqual([]);
  });
});

test('analyst: no button or link of any page leads to a rejection', async () => {
  const { page, rejected } = await openAs('analyst');
  let pressed = 0;
  for (const one of pages) {
    await show(page, one);
    const buttons = page.locator('main button:enabled:visible');
    const count = await buttons.count();
    for (let at = 0; at < count; at += 1) {
      await show(page, one);
      await buttons.nth(at).click();
      pressed += 1;
      await page.waitForLoadState('networkidle');
    }
  }
  expect(pressed).toBeGreaterThan(20);
  expect(rejected).toEqual([]);
});

test('analyst: reads the settings of a webhook, can change none, and sees why', async () => {
  const { page } = await openAs('analyst');
  await page.goto(pages.find(({ path }) => path.endsWith('tab=settings'))?.path ?? '');
  await page.getByText('Your role, analyst, cannot change').waitFor();
  expect(await page.getByLabel('Name').inputValue()).toBe('CRM');
  expect(await controlsOf(page)).toEqual(['Activity', 'Mapping', 'URL builder', 'Settings']);
  await expectAccessible(page);
  await page.goto('/access/tokens');
  await page.getByText('this is for owners').waitFor();
  await expectAccessible(page);
  await page.goto('/calls/CA1');
  await page.getByText('None. Postbacks add them.').waitFor();
  await page.getByRole('link', { name: 'Files', exact: true }).click();
  await page.getByRole('heading', { name: 'Reconcile', level: 1 }).waitFor();
});
