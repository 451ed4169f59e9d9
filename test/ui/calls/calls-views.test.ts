/** The Calls page: its order by the headers, and the saved views of the account. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

beforeAll(async () => {
  for (const [at, revenue] of ['9.5', '100', '20'].entries())
    await ui.server.createCall(`C${at}`, {
      phone_number: `+1213555010${at}`,
      started_at: new Date(Date.UTC(2026, 10, 1, 10, at)).toISOString(),
      duration_seconds: [30, 10, 20][at],
      revenue_paid_out: revenue,
      campaign: at === 2 ? 'Solar' : 'Roofing',
    });
});

const callersOf = (page: Page) => page.getByRole('table').getByRole('link').allInnerTexts();
const numbersOf = (...ends: number[]) => ends.map((end) => `+1213555010${end}`);
const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

async function expectCallers(page: Page, ...ends: number[]): Promise<void> {
  await expect.poll(() => callersOf(page)).toEqual(numbersOf(...ends));
}

test('a header sorts the whole list, the greatest first, then the smallest, and the address keeps it', async () => {
  const { page } = await ui.open('/calls');
  await expectCallers(page, 2, 1, 0);
  const headerOf = (name: string) => page.getByRole('columnheader', { name });
  expect(await headerOf('Time').getAttribute('aria-sort')).toBe('descending');
  await headerOf('Revenue').getByRole('button').click();
  await expectCallers(page, 1, 2, 0);
  expect(await headerOf('Revenue').getAttribute('aria-sort')).toBe('descending');
  expect(await headerOf('Time').getAttribute('aria-sort')).toBeNull();
  await headerOf('Revenue').getByRole('button').click();
  await expectCallers(page, 0, 2, 1);
  expect(searchOf(page)).toEqual({ sort: 'revenue_paid_out' });
  await page.reload();
  await expectCallers(page, 0, 2, 1);
  await headerOf('Duration').getByRole('button').click();
  await expectCallers(page, 0, 2, 1);
  await headerOf('Time').getByRole('button').click();
  await expectCallers(page, 2, 1, 0);
  expect(searchOf(page)).toEqual({});
  await headerOf('Time').getByRole('button').click();
  await expectCallers(page, 0, 1, 2);
});

describe('a view', () => {
  const openMenu = async (page: Page, shown = 'Views') => {
    await page.getByRole('button', { name: shown, exact: true }).click();
    await page.getByRole('menu').waitFor();
  };
  const item = (page: Page, name: string) => page.getByRole('menuitem', { name });

  test('is saved with filters and order, opened, changed, renamed and deleted', async () => {
    const { page } = await ui.open('/calls?campaign=Roofing&sort=-revenue_paid_out');
    await expectCallers(page, 1, 0);
    await openMenu(page);
    await expectAccessible(page, '[role=menu]');
    await item(page, 'Save as a new view').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Roofing by revenue');
    await expectAccessible(page, '[role=dialog]');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Roofing by revenue' }).waitFor();

    await openMenu(page, 'Roofing by revenue');
    await page.getByRole('menuitemradio', { name: 'All calls' }).click();
    await expectCallers(page, 2, 1, 0);
    expect(searchOf(page)).toEqual({});
    await openMenu(page);
    await page.getByRole('menuitemradio', { name: 'Roofing by revenue' }).click();
    await expectCallers(page, 1, 0);
    expect(searchOf(page)).toMatchObject({ campaign: 'Roofing', sort: '-revenue_paid_out' });

    await page.getByRole('columnheader', { name: 'Revenue' }).getByRole('button').click();
    await expectCallers(page, 0, 1);
    await openMenu(page, 'Roofing by revenue (edited)');
    await item(page, 'Save changes to this view').click();
    await page.getByText('“Roofing by revenue” saved').waitFor();
    await openMenu(page, 'Roofing by revenue');
    await item(page, 'Rename this view').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Roofing');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Rename the view' }).waitFor({ state: 'detached' });
    const saved = (await ui.server.api('GET', '/views')).json.items;
    expect(saved).toMatchObject([
      { name: 'Roofing', query: { campaign: 'Roofing', sort: 'revenue_paid_out' } },
    ]);
    await openMenu(page, 'Roofing');
    await item(page, 'Delete this view').click();
    await page
      .getByRole('dialog', { name: 'Delete this view?' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await page.getByRole('button', { name: 'Views' }).waitFor();
    expect((await ui.server.api('GET', '/views')).json.items).toEqual([]);
    await expectCallers(page, 0, 1); // its filters stay
  });

  test('keeps a period that moves, and the days of a custom one', async () => {
    const { page } = await ui.open('/calls?period=last-week');
    const save = async (name: string) => {
      await page.getByRole('button', { name: /^Views|^Moves/ }).click();
      await item(page, 'Save as a new view').click();
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name }).waitFor();
    };
    await save('Moves');
    await page.goto('/calls?period=custom&from=2026-11-01&to=2026-11-01');
    await expectCallers(page, 2, 1, 0);
    await save('Fixed');
    const { items } = (await ui.server.api('GET', '/views')).json;
    const queries = ['Fixed', 'Moves'].map(
      (name) => items.find((view: { name: string }) => view.name === name).query,
    );
    expect(queries).toEqual([{ from: '2026-11-01', to: '2026-11-01' }, { period: 'last-week' }]);
    await page.reload();
    await page.getByRole('button', { name: 'Fixed', exact: true }).waitFor();
    await page.goto(`/calls?${new URLSearchParams(queries[0])}`);
    await expectCallers(page, 2, 1, 0);
    expect(await page.getByLabel('First day').inputValue()).toBe('2026-11-01');
    expect(await page.getByLabel('Last day').inputValue()).toBe('2026-11-01');
  });

  test('with a name that another one has says so at the name', async () => {
    await ui.server.api('POST', '/views', { name: 'Taken', query: {} });
    const { page } = await ui.open('/calls');
    await openMenu(page);
    await item(page, 'Save as a new view').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('taken');
    await page.keyboard.press('Enter');
    await page.getByText('Choose another name').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid')).toBe('true');
  });
});
