/** The Calls page: the list, its filters in the address, pages, columns, and what appears automatically. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { startTestServer } from '../../support/server.ts';
import { addFilter, useUi } from '../../support/ui.ts';

const ui = useUi();

beforeAll(async () => {
  for (let at = 0; at < 60; at += 1) {
    await ui.server.createCall(`CA${1000 + at}`, {
      state: at === 59 ? 'live' : 'completed',
      phone_number: `+121355501${String(at).padStart(2, '0')}`,
      started_at: new Date(Date.UTC(2026, 10, 1, 10, at)).toISOString(),
      campaign: ['Roofing', 'Solar', 'Windows'][at % 3],
      publisher: 'Northwind Media',
      ...(at !== 59 && { duration_seconds: 60 + at, revenue_paid_out: '1234.5', publisher_paid_out: '8' }),
      converted: at % 10 === 0,
      ...(at === 20 && { no_payout_reason: 'Caps exceeded' }),
      ...(at === 30 && { tags: { deal: 'won', agent: 'Maria', source: 'tv' } }),
    });
  }
});

/** By their elements: polls ask for them, and the roles of 50 rows take longer to work out than the rows to draw. */
const rowsOf = (page: Page) => page.getByRole('table').locator('tbody > tr');
const rowOf = (page: Page, text: string) => rowsOf(page).filter({ hasText: text });

async function open(path = '/calls', options = {}) {
  const opened = await ui.open(path, options);
  await opened.page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  return opened.page;
}

const searchOf = (page: Page) => new URL(page.url()).search;

/** Waits until the table has as many rows. */
async function expectRows(page: Page, count: number): Promise<void> {
  await expect.poll(() => rowsOf(page).count()).toBe(count);
}

test('the list shows what a call is about, the latest first', async () => {
  const page = await open();
  await expectRows(page, 50);
  expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
    '',
    'Time',
    'Caller',
    'Campaign',
    'Publisher',
    'Buyer',
    'State',
    'Duration',
    'Revenue',
    'Payout',
    'Converted',
  ]);
  expect(await rowsOf(page).nth(1).getByRole('cell').allInnerTexts()).toEqual([
    '',
    '2026-11-01 10:58:00',
    '+12135550158',
    'Solar',
    'Northwind Media',
    '–',
    'completed',
    '1:58',
    '1,234.50',
    '8.00',
    '–',
  ]);
  expect(await rowOf(page, '+12135550120').textContent()).toMatch(/Caps exceeded[\s\S]*yes/);
  await page.setViewportSize({ width: 1600, height: 800 });
  expect(await rowOf(page, '+12135550130').textContent()).toMatch(/deal: won[\s\S]*\+1/);
});

test('totals are those of the filtered calls, not of the page', async () => {
  const page = await open('/calls?campaign=Roofing');
  const totals = page.locator('dl[aria-label="Totals"]');
  await expect
    .poll(() => totals.textContent())
    .toBe('Calls20Converted210.00 %Revenue24,690.00Owed160.00Held0.00Profit24,530.00');
});

test('more of it is shown page by page, each call once', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expectRows(page, 60);
  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  expect(new Set(await rowsOf(page).getByRole('link').allInnerTexts()).size).toBe(60);
});

describe('filters', () => {
  test('are in the address, and stay when the page is loaded again', async () => {
    const page = await open();
    await (await addFilter(page, 'Converted')).selectOption('Yes');
    await expectRows(page, 6);
    await (await addFilter(page, 'Payout')).selectOption('Held');
    await expectRows(page, 1);
    expect(searchOf(page)).toBe('?converted=true&payout_status=held');
    await page.reload();
    await expectRows(page, 1);
    await page.getByRole('button', { name: 'Converted: Yes' }).waitFor();
    await page.goBack();
    await expectRows(page, 6);
    await page.goForward();
    await expectRows(page, 1);
    await page.getByRole('button', { name: 'Remove the filter Payout' }).click();
    await expectRows(page, 6);
    await (await addFilter(page, 'Payout')).selectOption('Owed');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expectRows(page, 50);
    expect(searchOf(page)).toBe('');
  });

  test('that are set faster than the page loads are all kept', async () => {
    const page = await open();
    await page.getByLabel('Search').pressSequentially('CA10', { delay: 20 });
    await (await addFilter(page, 'Converted')).selectOption('Yes', { noWaitAfter: true });
    await (await addFilter(page, 'State')).selectOption('Completed');
    await expectRows(page, 6);
    // The search waits for a pause in typing.
    await expect
      .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
      .toEqual({ q: 'CA10', converted: 'true', state: 'completed' });
    expect(await page.getByLabel('Search').inputValue()).toBe('CA10');
  });

  test('keep what is typed while the list follows', async () => {
    const page = await open();
    for (const pause of [20, 340, 20, 360, 20, 350, 20]) {
      await page.getByLabel('Search').pressSequentially('5', { delay: pause });
    }
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('5555555');
    expect(await page.getByLabel('Search').inputValue()).toBe('5555555');
  });

  test('of both days of a period are kept when they follow each other at once', async () => {
    const page = await open();
    await page.getByText('Custom', { exact: true }).click();
    await page.getByLabel('First day').fill('2026-11-01');
    await page.getByLabel('Last day').fill('2026-11-02');
    await expect.poll(() => searchOf(page)).toBe('?period=custom&from=2026-11-01&to=2026-11-02');
    await expectRows(page, 50);
    await page.getByText('Yesterday', { exact: true }).click();
    await page.getByText('No call matches').waitFor();
    expect(searchOf(page)).toBe('?period=yesterday');
  });

  test.each([
    ['?q=CA105', 10],
    ['?q=%28213%29+555-0107', 1],
    ['?q=sol', 20],
    ['?no_payout_reason=Caps+exceeded', 1],
    ['?state=live', 1],
    ['?campaign=Windows', 20],
    ['?tag=deal%3Awon', 1],
    ['?tag=agent', 1],
    ['?phone_number=213-555-0107', 1],
    ['?from=2026-11-01&to=2026-11-01&campaign=Roofing', 20],
    ['?from=2026-11-01T10:30:00Z&to=2026-11-01T10:34:59Z', 5],
  ])('%s lists %i calls', async (search, count) => {
    await expectRows(await open(`/calls${search}`), count);
  });

  test('search while one types', async () => {
    const page = await open();
    await page.getByLabel('Search').fill('CA1007');
    await expectRows(page, 1);
    expect(new URL(page.url()).searchParams.get('q')).toBe('CA1007');
  });

  test('offer the names that there are, by keyboard too', async () => {
    const page = await open();
    await (await addFilter(page, 'Campaign')).click();
    await expect
      .poll(() => page.getByRole('option').allInnerTexts())
      .toEqual(['Roofing', 'Solar', 'Windows']);
    await page.keyboard.type('SOL');
    await expect.poll(() => page.getByRole('option').allInnerTexts()).toEqual(['Solar']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectRows(page, 20);
    expect(searchOf(page)).toBe('?campaign=Solar');
    await page.getByRole('button', { name: 'Remove the filter Campaign' }).click();
    await expectRows(page, 50);
  });

  test('search for what is typed without opening the list first', async () => {
    const page = await open();
    await (await addFilter(page, 'Campaign')).focus();
    await page.keyboard.type('SOL');
    await expect.poll(() => page.getByRole('option').allInnerTexts()).toEqual(['Solar']);
  });

  test('are chosen, typed and changed by keyboard alone', async () => {
    const page = await open();
    const focused = page.locator(':focus');
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const expectFocus = (role: 'button' | 'combobox' | 'searchbox', name: string | RegExp) =>
      page.getByRole(role, { name, exact: true }).and(focused).waitFor();
    // As where the connection is slow: the code of the field comes when the list has gone for long.
    const code = Promise.withResolvers<void>();
    await page.route('**/assets/name-field*', async (route) => {
      await code.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Filter', exact: true }).focus();
    await press('Enter');
    await expectFocus('button', 'State');
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter');
    code.resolve();
    await expectFocus('combobox', 'Campaign');
    await page.keyboard.type('SOL');
    await expect.poll(() => page.getByRole('option').allInnerTexts()).toEqual(['Solar']);
    await press('ArrowDown', 'Enter');
    await expectRows(page, 20);
    await expectFocus('button', 'Filter');

    await press('Enter');
    await expectFocus('button', 'State');
    await press('ArrowUp', 'ArrowUp', 'Enter');
    await expectFocus('searchbox', 'Caller');
    await page.keyboard.type('213-555-0107');
    await press('Enter');
    await expectRows(page, 1);
    await expectFocus('button', 'Filter');

    const chip = page.getByRole('button', { name: 'Campaign: Solar' });
    await chip.focus();
    await press('Enter');
    await expectFocus('combobox', 'Campaign');
    await press('Escape'); // changes nothing
    await chip.and(focused).waitFor();
    await press('Enter');
    await expectFocus('combobox', 'Campaign');
    await page.keyboard.type('roof');
    await page.getByRole('option', { name: 'Roofing' }).waitFor();
    await press('ArrowDown', 'Enter');
    await page.getByRole('button', { name: 'Campaign: Roofing' }).and(focused).waitFor();
  });

  test('walk along their choices by keyboard, until Enter', async () => {
    const page = await open();
    const select = await addFilter(page, 'State');
    await select.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await expectRows(page, 1);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => searchOf(page)).toBe('?state=completed');
    await page.keyboard.press('Enter');
    await select.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'State: Completed' }).waitFor();
  });

  test('that mean no call say so, and can be removed', async () => {
    const page = await open('/calls?q=nothing');
    await page.getByText('No call matches').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Show all calls' }).click();
    await expectRows(page, 50);
  });

  test('that the server cannot read say what to send', async () => {
    const page = await open('/calls?phone_number=abc');
    await page.getByRole('alert').getByText('Send a phone number').waitFor();
  });
});

test('all calls that match are held as one job: previewed, done, reported and undone', async () => {
  const page = await open('/calls?publisher=Northwind+Media');
  await expectRows(page, 50);
  const read = async () =>
    (await ui.server.api('GET', '/call-totals?publisher=Northwind+Media')).json.payout_held;
  expect(await read()).toBe('8.00');
  await page.getByRole('checkbox', { name: 'Select all calls of the page' }).check();
  await page.getByRole('button', { name: 'Select all 60 that match' }).click();
  await page.getByRole('button', { name: 'Change 60 calls' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('No-payout reason').selectOption('Condition not met');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.getByText('59 will change').waitFor();
  await dialog.getByText('1 rejected').waitFor();
  await dialog.getByText('call_not_completed').waitFor();
  expect(await read()).toBe('8.00');
  await expectAccessible(page, '[role=dialog]');
  await dialog.getByRole('button', { name: 'Change 59 calls' }).click();
  await dialog.getByText('59 changed').waitFor();
  expect(await read()).toBe('472.00');
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await dialog.getByText('Undone: 59 calls').waitFor();
  expect(await read()).toBe('8.00');
  await dialog.getByRole('button', { name: 'Done' }).click();
  expect(await page.getByRole('region', { name: 'Selected calls' }).count()).toBe(0);
});

test('columns are chosen, and the choice is remembered', async () => {
  const page = await open();
  await expectRows(page, 50);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Buyer' }).uncheck();
  await page.getByRole('checkbox', { name: 'Call id' }).check();
  await page.getByRole('columnheader', { name: 'Call id' }).waitFor();
  await page.reload();
  await expectRows(page, 50);
  const headers = await page.getByRole('columnheader').allInnerTexts();
  expect(headers).toContain('Call id');
  expect(headers).not.toContain('Buyer');
  expect(await rowsOf(page).first().textContent()).toContain('CA1059');
});

test('a live call shows a clock that runs', async () => {
  const page = await open('/calls?state=live');
  const clock = page.getByRole('timer', { name: 'Running for' });
  const before = await clock.textContent();
  expect(before).toMatch(/^\d+:\d\d:\d\d$/);
  await expect.poll(() => clock.textContent()).not.toBe(before);
});

test('a click anywhere in a row opens its call, and text in it can be pointed at and selected', async () => {
  const page = await open('/calls?q=CA1020');
  await expectRows(page, 1);
  const reason = page.getByTitle('Held: Caps exceeded');
  await reason.hover({ timeout: 2_000 }); // fails where something covers it
  await page.getByText('Windows').dblclick();
  expect(await page.evaluate<string>('String(getSelection()).trim()')).toBe('Windows');
  expect(new URL(page.url()).pathname).toBe('/calls');
  await page.evaluate('getSelection().removeAllRanges()');
  await rowsOf(page).getByRole('cell').nth(7).click();
  await page.getByRole('heading', { name: 'CA1020' }).waitFor();
});

test('the header stays at the top, and no column is cut off', async () => {
  const page = await open();
  await expectRows(page, 50);
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    await expect
      .poll(
        () =>
          page.evaluate<boolean>(`(() => { const place = document.querySelector('section:has(> table)');
        return place.firstElementChild.scrollWidth <= place.offsetWidth && document.documentElement.scrollWidth <= innerWidth; })()`),
        {
          message: `at ${width}`,
        },
      )
      .toBe(true);
  }
  await page.evaluate('window.scrollTo(0, 900)');
  await expect.poll(async () => (await page.getByRole('columnheader').first().boundingBox())?.y).toBe(0);
});

test('a row leads to its call by keyboard', async () => {
  const page = await open('/calls?q=CA1003');
  await expectRows(page, 1);
  await rowsOf(page).getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'CA1003' }).waitFor();
});

test('new calls, and what postbacks change, appear by themselves', async () => {
  const busy = await startTestServer({}, 1);
  const { page } = await ui.browser.open(busy, '/calls');
  await page.getByText('No calls yet').waitFor();
  await busy.createCall('first', { phone_number: '+12135550101' });
  await expectRows(page, 1);
  const webhook = await busy.createWebhook();
  await busy.post(webhook, { call_log_id: 'first', revenue_paid_out: '77.5' });
  await rowOf(page, '77.50').waitFor();
  await busy.stop();
});

test('where there are no calls yet, it says how to send the first', async () => {
  const fresh = await startTestServer({}, 1);
  const { page } = await ui.browser.open(fresh, '/calls');
  await page.getByText('No calls yet').waitFor();
  await page.getByText('/api/v1/calls \\').waitFor();
  await expectAccessible(page);
  await fresh.stop();
});

test('on a phone the list fits the window: caller, time, amount and state', async () => {
  const page = await open('/calls', { isPhone: true });
  await expectRows(page, 50);
  expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
    true,
  );
  expect(await page.getByRole('columnheader').allInnerTexts()).toEqual(['Caller', 'State', 'Revenue']);
  await (await addFilter(page, 'State')).selectOption('Live');
  await expectRows(page, 1);
  await expectAccessible(page);
});
