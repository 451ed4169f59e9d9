/** What every test of the web UI has: one server and one Chromium for its file. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type PageOptions, TestBrowser, type TestPage } from './browser/browser.ts';
import { startTestServer, type TestServer } from './server.ts';

export type Ui = {
  readonly server: TestServer;
  readonly browser: TestBrowser;
  /** a path of the server's UI in a separate browser session */
  open(path: string, options?: PageOptions): Promise<TestPage>;
};

/** Starts both before the tests of a file and ends them after, where it checks that no page had faults. */
export function useUi(): Ui {
  let started: { server: TestServer; browser: TestBrowser } | undefined;
  const have = () => {
    if (started === undefined)
      throw new Error('the UI is there in tests and hooks, not while a file is read');
    return started;
  };
  beforeAll(async () => {
    const [server, browser] = await Promise.all([startTestServer({}, 1), TestBrowser.launch()]);
    started = { server, browser };
  });
  beforeEach(() => have().browser.keepOpen());
  afterEach(() => have().browser.closePages());
  afterAll(async () => {
    await started?.browser.close();
    await started?.server.stop();
  });
  return {
    get server() {
      return have().server;
    },
    get browser() {
      return have().browser;
    },
    open: (path, options) => have().browser.open(have().server, path, options),
  };
}

/**
 * Goes to another page without loading the application again, which takes twice the CPU time; by way of one where nothing
 * is, so that nothing of before is seen.
 */
export async function goTo(page: Page, path: string): Promise<void> {
  const go = (to: string) => page.evaluate(`history.pushState({}, '', ${JSON.stringify(to)})`);
  await go('/nowhere');
  const nothing = page.getByText('There is no page at this address');
  await nothing.waitFor();
  await go(path);
  await nothing.waitFor({ state: 'detached' });
}

/** Begins a filter of a list that is not set yet. @returns its field */
export async function addFilter(page: Page, name: string) {
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
  return page.getByLabel(name, { exact: true });
}

/** What the button beside a value puts on the clipboard. */
export async function copyFrom(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: `Copy ${what}`, exact: true }).click();
  await page.getByText(`${what} copied`).waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** The path and query of a copied URL: it begins with localhost, and tests reach the server by its address. */
export function pathOf(url: string): string {
  return url.slice(new URL(url).origin.length);
}
