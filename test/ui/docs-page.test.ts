/** The documentation: readable by all, without a script, with a way back. */
import { expect, test } from 'vitest';
import { guideTitles } from '../../src/http/docs/page.ts';
import { expectAccessible } from '../support/browser/browser.ts';
import { useUi } from '../support/ui.ts';

const ui = useUi();

test.each(['/docs', ...Object.keys(guideTitles).map((name) => `/docs/${name}`)])(
  '%s has no violation of axe',
  async (path) => {
    const { page } = await ui.open(path, { isSignedIn: false });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
    await expectAccessible(page);
  },
);

test('the documentation leads to the guide for senders and back to the app', async () => {
  const { page } = await ui.open('/docs', { isSignedIn: false });
  await page.getByRole('link', { name: 'Guide for senders' }).click();
  await page.getByRole('heading', { level: 1, name: 'How to post back' }).waitFor();
  await page.getByRole('link', { name: '← Ringback' }).click();
  await page.waitForURL(/\/sign-in/);
});

test('on a phone nothing is wider than the window', async () => {
  const { page } = await ui.open('/docs/senders', { isSignedIn: false, isPhone: true });
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
});
