/** The keyboard: the command palette, the search, walking along rows, and that nothing of it happens while one types. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/browser/browser.ts';
import { useUi } from '../support/ui.ts';

const ui = useUi();

beforeAll(async () => {
  for (let at = 0; at < 5; at += 1)
    await ui.server.createCall(`CA10${at}`, {
      phone_number: `+1213555010${at}`,
      started_at: new Date(Date.UTC(2026, 10, 1, 10, at)).toISOString(),
      campaign: at % 2 === 0 ? 'Roofing' : 'Solar',
    });
  await ui.server.api('POST', '/views', { name: 'Solar only', query: { campaign: 'Solar' } });
});

const pathOf = (page: Page) => new URL(page.url()).pathname;
const inputOf = (page: Page) => page.getByRole('dialog').getByLabel('Go to or do');

async function openCalls(): Promise<Page> {
  const { page } = await ui.open('/calls');
  await page.getByText('+12135550104').waitFor();
  return page;
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await inputOf(page).waitFor();
}

/** What is chosen when Enter is pressed, once the list has it. */
async function choose(page: Page, typed: string, wanted: string): Promise<void> {
  await openPalette(page);
  await page.keyboard.type(typed);
  await expect
    .poll(() => page.locator('[role=option][data-highlighted]').allInnerTexts())
    .toEqual([expect.stringContaining(wanted)]);
  await page.keyboard.press('Enter');
  await inputOf(page).waitFor({ state: 'detached' });
}

test('the palette goes to pages, views and calls, and runs actions', async () => {
  const page = await openCalls();
  await openPalette(page);
  await expectAccessible(page, '[role=dialog]');
  await page.keyboard.press('Escape');
  await inputOf(page).waitFor({ state: 'detached' });
  await choose(page, 'audit', 'Access: Audit log');
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  await choose(page, 'solar o', 'Solar only');
  await expect.poll(() => new URL(page.url()).searchParams.get('campaign')).toBe('Solar');
  await choose(page, 'CA103', '+12135550103');
  await page.getByRole('heading', { name: 'CA103' }).waitFor();
  await choose(page, '213 555 0102', '+12135550102');
  await page.getByRole('heading', { name: 'CA102' }).waitFor();
  await choose(page, 'dark', 'Use the dark theme');
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  await choose(page, 'change this', 'Change this call');
  await page.getByRole('dialog', { name: /Change/ }).waitFor();
});

test('the palette opens by its button, and says when nothing is found', async () => {
  const page = await openCalls();
  await page.getByRole('button', { name: 'Go to…' }).click();
  await inputOf(page).waitFor();
  await page.keyboard.type('z');
  await page.getByText('Nothing matches.').waitFor();
});

test('j and k walk along the rows, x selects one, and Enter opens it', async () => {
  const page = await openCalls();
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  for (const [key, caller] of [
    ['j', '+12135550104'],
    ['j', '+12135550103'],
    ['j', '+12135550102'],
    ['k', '+12135550103'],
  ] as const) {
    await page.keyboard.press(key);
    expect(await focused()).toBe(caller);
  }
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'CA103' }).waitFor();
  await page.goBack();
  await page.getByText('+12135550102').waitFor();
  await page.keyboard.press('j'); // on from the row that was opened
  expect(await focused()).toBe('+12135550102');
});

test('what is selected is changed, exported and cleared by keyboard', async () => {
  const page = await openCalls();
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.getByText('2 selected').waitFor();
  await choose(page, 'change 2', 'Change 2 calls');
  const dialog = page.getByRole('dialog', { name: 'Change the selected calls' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('2 selected').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('2 selected').waitFor({ state: 'detached' });
});

test('the palette does what another page offers', async () => {
  const page = await openCalls();
  await choose(page, 'create incoming', 'Create an incoming webhook');
  await page.getByRole('dialog', { name: 'Create an incoming webhook' }).waitFor();
  expect(pathOf(page)).toBe('/webhooks/incoming');
});

test('Enter goes on from the search to the rows, Escape out of it', async () => {
  const page = await openCalls();
  await page.keyboard.press('/');
  await page.keyboard.type('Solar');
  await page.waitForURL(/q=Solar/);
  await page.getByText('+12135550104').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('+12135550103');
  await page.keyboard.press('/');
  await page.keyboard.press('Escape'); // empties it
  await expect.poll(() => page.getByLabel('Search').inputValue()).toBe('');
  await page.keyboard.press('Escape');
  expect(await page.evaluate<string>('document.activeElement.tagName')).toBe('BODY');
  await page.getByText('+12135550104').waitFor();
});

test('/ leads to the search, where letters are letters', async () => {
  const page = await openCalls();
  await page.keyboard.press('/');
  await page.keyboard.type('jkx?/');
  expect(await page.getByLabel('Search').inputValue()).toBe('jkx?/');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(pathOf(page)).toBe('/calls');
});

test('? lists the shortcuts, and a dialog keeps the keyboard for itself', async () => {
  const page = await openCalls();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.getByText('Next row').waitFor();
  await expectAccessible(page, '[role=dialog]');
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.press('j');
  expect(await page.getByRole('dialog').count()).toBe(1);
  expect(await page.evaluate<boolean>(`document.activeElement.closest('main') === null`)).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('keys that belong to the browser or the system are left alone', async () => {
  const page = await openCalls();
  await page.keyboard.press('Alt+j');
  await page.keyboard.press('ControlOrMeta+j');
  expect(await page.evaluate<string>('document.activeElement.tagName')).toBe('BODY');
});
