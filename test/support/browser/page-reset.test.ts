/** A page that one test has used is another's, and neither sees anything of the other. */
import { expect, test } from 'vitest';
import { useUi } from '../ui.ts';
import { TestBrowser } from './browser.ts';

const ui = useUi();

test('a page that a test has used is as new for the next one', async () => {
  const used = await ui.open('/calls');
  await used.page.getByRole('radio', { name: 'dark' }).check(); // in the storage
  await used.page.evaluate(`sessionStorage.setItem('kept', 'yes'); document.cookie = 'kept=yes'`);
  await used.page.evaluate('addEventListener("beforeunload", (event) => event.preventDefault())');
  used.page.on('dialog', () => {}); // none answers
  await used.page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await used.page.setViewportSize({ width: 500, height: 500 });
  await used.page.route('**/api/v1/calls*', (route) => route.abort());
  await used.context.route('**/api/v1/fields', (route) => route.abort());
  await used.context.setOffline(true);
  await used.context.newPage();
  await ui.browser.closePages();

  const { page, context } = await ui.open('/calls', { isSignedIn: false });
  expect(page).toBe(used.page);
  await page.getByLabel('API token').waitFor();
  await page.getByLabel('API token').fill(ui.server.token);
  await page.keyboard.press('Enter');
  await page.getByText('No calls yet').waitFor();
  expect(context.pages()).toEqual([page]);
  expect(page.viewportSize()).toEqual({ width: 1280, height: 800 });
  const seen = `[localStorage.length, sessionStorage.getItem('kept'), document.cookie,
    matchMedia('(prefers-color-scheme: dark) or print').matches, matchMedia('(prefers-reduced-motion)').matches]`;
  expect(await page.evaluate(seen)).toEqual([0, null, '', false, true]);
});

test('a page that cannot be reset is not used again', async () => {
  const alone = await ui.open('/sign-in', { isAlone: true });
  const closed = await ui.open('/sign-in', { isPhone: true });
  await closed.page.close();
  await ui.browser.closePages();
  expect((await ui.open('/sign-in')).page).not.toBe(alone.page);
  await (await ui.open('/sign-in', { isPhone: true })).page.getByLabel('API token').waitFor();
});

test('what goes wrong in a page is found, whichever test used the page', async () => {
  const browser = await TestBrowser.launch();
  await browser.open(ui.server, '/sign-in');
  await browser.closePages();
  const { page, faults } = await browser.open(ui.server, '/sign-in');
  await page.evaluate(`console.error('wrong')`);
  await browser.closePages();
  await browser.open(ui.server, '/sign-in');
  expect(faults).toEqual(['console: wrong']);
  await expect(browser.close()).rejects.toThrow('console: wrong');
});
