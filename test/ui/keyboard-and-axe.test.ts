/** Every page and everything that opens on one: axe finds nothing, and the keyboard gets in, around and out again. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../support/browser/browser.ts';
import { findFreePort } from '../support/programs/free-port.ts';
import { postbackIdOf } from '../support/replays.ts';
import { goTo, useUi } from '../support/ui.ts';

const ui = useUi();
let webhookPath: string;
let signedPath: string;
let postbackPath: string;
let appliedPath: string;
let outgoingPath: string;

beforeAll(async () => {
  const { server } = ui;
  const webhook = await server.createWebhook('update_fields', { name: 'Acme CRM' });
  await server.createCall('C1', {
    ...{ phone_number: '+12135550142', campaign: 'Roofing', tags: { deal: 'won' }, revenue_paid_out: '5' },
    no_payout_reason: 'Caps exceeded',
  });
  const url = `http://127.0.0.1:${await findFreePort()}`; // nothing listens there
  const tracker = { name: 'Tracker', url, events: ['call.converted'] };
  const outgoing = (await server.api('POST', '/webhooks/outgoing', tracker)).json;
  outgoingPath = `/webhooks/outgoing/${outgoing.id}`;
  const applied = await server.post(webhook, { call_log_id: 'C1', converted: true, add: { by: 'CRM' } });
  appliedPath = `/postbacks/${postbackIdOf(applied)}`;
  const lost = await server.post(webhook, { phone_number: '+12135550177', converted: true });
  expect(lost.status).toBe(404);
  const signed = await server.createWebhook('update_tags', { name: 'Signed', signature_required: true });
  signedPath = `/webhooks/incoming/${signed.id}`;
  await server.api('POST', '/tokens', { name: 'Script', role: 'analyst' });
  await server.api('PATCH', '/account', { twilio_auth_token: '0123456789abcdef0123456789abcdef' });
  await server.api('POST', '/people', { name: 'Ana', email: 'ana@acme.example', role: 'analyst' });
  const rejected = await server.post(webhook, { call_log_id: 'C1', converted: 'perhaps' });
  webhookPath = `/webhooks/incoming/${webhook.id}`;
  postbackPath = `/postbacks/${postbackIdOf(rejected)}`;
});

/** Where, and what is there when the page is. */
const pages: Record<string, () => Promise<[string, string][]>> = {
  'the overview and calls': async () => [
    ['/overview', 'Needs attention'],
    ['/overview?period=custom', 'First day'],
    ['/system', 'Commit time'],
    ['/calls', '+12135550142'],
    ['/calls?q=missing', 'No call matches'],
    ['/calls/C1', 'Call created'],
    ['/calls/none', 'No call has this id'],
  ],
  postbacks: async () => [
    ['/postbacks', 'Acme CRM'],
    [postbackPath, 'What to do'],
    [appliedPath, 'Undo'],
    ['/postbacks/inbox', '+12135550177'],
    ['/postbacks?code=not_found', 'No postback matches'],
  ],
  'incoming webhooks': async () => [
    ['/webhooks/incoming', 'Acme CRM'],
    [webhookPath, 'invalid_value'],
    [`${webhookPath}?tab=mapping`, 'How it is read'],
    [`${webhookPath}?tab=builder`, 'What the sender sends'],
    [`${webhookPath}?tab=test`, 'Send a postback by hand'],
    [`${webhookPath}?tab=settings`, 'Match rule'],
  ],
  'outgoing webhooks': async () => [
    ['/webhooks/outgoing', 'Tracker'],
    ['/webhooks/outgoing/new', 'Choose a receiver'],
    [outgoingPath, 'Replay a period'],
    [`${outgoingPath}?tab=test`, 'Sends a made-up event'],
    [`${outgoingPath}?tab=settings`, 'Only these calls'],
    [await deliveryPath(), 'Attempts'],
  ],
  'files and access': async () => [
    ['/files/import', 'A file with a row for each call'],
    ['/files/reconcile', 'The statement, with a line for each call'],
    ['/files/payouts?period=month', 'no publisher'],
    ['/access/tokens', 'of the settings'],
    ['/files/payouts?period=month&publisher=none', 'No call of this period'],
    ['/access/audit', 'created the webhook'],
    ['/access/people', 'ana@acme.example'],
    ['/access/sessions', 'this browser'],
    ['/access/account', 'Default country'],
  ],
};

async function deliveryPath(): Promise<string> {
  const deliveries = async () => (await ui.server.api('GET', '/deliveries')).json.items;
  await expect.poll(async () => (await deliveries()).length).toBe(1);
  return `/webhooks/deliveries/${(await deliveries())[0].id}`;
}

test.each(Object.keys(pages))(
  'every page of %s is clean for axe in the light and in the dark',
  async (name) => {
    const { page } = await ui.open('/nowhere');
    for (const [path, seen] of (await pages[name]?.()) ?? []) {
      await page.goto(path); // with all that it loads, before axe looks at it
      await page.getByRole('main').getByText(seen).filter({ visible: true }).first().waitFor();
      await expectAccessible(page);
    }
  },
);

test('an address without a page is clean for axe', async () => {
  const { page } = await ui.open('/access/none');
  await page.getByRole('main').getByText('There is no page at this address').waitFor();
  await expectAccessible(page);
});

const focusOf = (locator: Locator) => locator.page().locator(':focus');
const isFocused = async (locator: Locator) => (await locator.and(focusOf(locator)).count()) === 1;
const hasFocusWithin = async (locator: Locator) =>
  (await isFocused(locator)) || (await locator.locator(':focus').count()) === 1;

/** What opens by a button: where, by which button, and what is open then. */
const openings: [string, () => string, (page: Page) => Locator][] = [
  ['choice of columns', () => '/calls', (page) => page.getByRole('button', { name: 'Columns' })],
  ['choice of a filter', () => '/calls', (page) => page.getByRole('button', { name: 'Filter', exact: true })],
  ['export', () => '/calls', (page) => page.getByRole('button', { name: 'Export CSV' })],
  [
    'change of a call',
    () => '/calls/C1',
    (page) => page.getByRole('button', { name: 'Change', exact: true }),
  ],
  ['replay', () => postbackPath, (page) => page.getByRole('button', { name: 'Replay', exact: true })],
  [
    'new webhook',
    () => '/webhooks/incoming',
    (page) => page.getByRole('button', { name: 'Create', exact: true }),
  ],
  ['new key', () => webhookPath, (page) => page.getByRole('button', { name: 'Rotate key' })],
  ['new token', () => '/access/tokens', (page) => page.getByRole('button', { name: 'Create a token' })],
  ['revocation', () => '/access/tokens', (page) => page.getByRole('button', { name: 'Revoke Script' })],
  [
    'removal of a token of Twilio',
    () => '/access/account',
    (page) => page.getByRole('button', { name: 'Remove the token' }),
  ],
  [
    'new signing secret',
    () => `${signedPath}?tab=settings`,
    (page) => page.getByRole('button', { name: 'New signing secret' }),
  ],
  ['invitation', () => '/access/people', (page) => page.getByRole('button', { name: 'Invite a person' })],
  ['person', () => '/access/people', (page) => page.getByRole('button', { name: 'Manage Ana' })],
  ['new account', () => '/access/account', (page) => page.getByRole('button', { name: 'Create an account' })],
  ['undo', () => appliedPath, (page) => page.getByRole('button', { name: 'Undo', exact: true })],
  [
    'dismissal',
    () => '/postbacks/inbox',
    (page) => page.getByRole('button', { name: 'Dismiss', exact: true }).first(),
  ],
  [
    'attachment',
    () => '/postbacks/inbox',
    (page) => page.getByRole('button', { name: 'Attach to C1' }).first(),
  ],
  ['replay of a period', () => outgoingPath, (page) => page.getByRole('button', { name: 'Replay a period' })],
  ['new secret', () => outgoingPath, (page) => page.getByRole('button', { name: 'Rotate secret' })],
  [
    'replay of all',
    () => '/postbacks?status=rejected',
    (page) => page.getByRole('button', { name: 'Replay all' }),
  ],
];

describe('what opens is clean for axe, takes the focus, and gives it back on Escape', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await ui.open('/nowhere'));
  });

  test.each(openings)('%s', async (_name, path, openerOf) => {
    await goTo(page, path());
    const opener = openerOf(page);
    await opener.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await expect.poll(() => hasFocusWithin(dialog)).toBe(true);
    await expectAccessible(page);
    for (let pressed = 0; pressed < 6; pressed += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(opener)).toBe(true);
  });

  test.each([
    ['deletion of an incoming webhook', () => webhookPath, 'Delete'],
    ['undo of a period', () => webhookPath, 'Undo a period'],
    ['deletion of an outgoing webhook', () => outgoingPath, 'Delete'],
  ])('%s, from the menu of more actions', async (_name, path, action) => {
    await goTo(page, path());
    const opener = page.getByRole('button', { name: 'More actions' });
    await opener.focus();
    await page.keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name: action });
    await item.waitFor();
    await expectAccessible(page, '[role=menu]');
    await expect
      .poll(async () => {
        if (!(await isFocused(item))) await page.keyboard.press('ArrowDown');
        return isFocused(item);
      })
      .toBe(true);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect.poll(() => hasFocusWithin(dialog)).toBe(true);
    await expectAccessible(page, '[role=dialog]');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(opener)).toBe(true);
  });

  test('names to choose from', async () => {
    await goTo(page, '/calls');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Campaign', exact: true }).click();
    const input = page.getByLabel('Campaign', { exact: true });
    await input.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Roofing' }).waitFor();
    await expectAccessible(page, '[role=listbox]'); // the library hides the rest from readers meanwhile
    await page.keyboard.press('Escape');
    await page.getByRole('option', { name: 'Roofing' }).waitFor({ state: 'detached' });
    expect(await isFocused(input)).toBe(true);
    await page.keyboard.press('Tab');
    expect(await isFocused(input)).toBe(false);
    await page.keyboard.press('Escape');
    await input.waitFor({ state: 'detached' });
  });
});

test('a dialog keeps the focus while it is open, forwards and backwards', async () => {
  const { page } = await ui.open(webhookPath);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await expect.poll(() => hasFocusWithin(dialog)).toBe(true);
  // As on a slow machine: several keys are pressed within one frame.
  await page.evaluate(
    'window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 200)',
  );
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let pressed = 0; pressed < 8; pressed += 1) {
      await page.keyboard.press(key);
      expect(await hasFocusWithin(page.locator('#root'))).toBe(false);
    }
  }
  await expect.poll(() => hasFocusWithin(dialog)).toBe(true);
});

test('by keyboard, the content is two keys away, and what has the focus is seen', async () => {
  const { page } = await ui.open('/calls');
  await page.getByText('+12135550142').waitFor();
  await page.keyboard.press('Tab');
  expect(await isFocused(page.getByRole('link', { name: 'Skip to content' }))).toBe(true);
  await page.keyboard.press('Enter');
  await expect.poll(() => isFocused(page.getByRole('main'))).toBe(true);
  let reached = 0;
  for (;;) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>('document.activeElement === document.body')) break; // behind the last
    // Within a date, the browser marks the day, the month or the year that has the focus, and not the whole.
    const unseen = await page.evaluate<string | null>(`{
      const focused = document.activeElement;
      const outlined = [focused, focused.closest('label')].filter(Boolean);
      focused.type === 'date' || outlined.some((one) => getComputedStyle(one).outlineStyle !== 'none') ? null : focused.outerHTML;
    }`);
    expect(unseen).toBeNull();
    reached += 1;
  }
  expect(reached).toBeGreaterThan(6);
});
