/** Makes a page that a test has used as it was before, so that the next test can have it. */
import type { Page } from 'playwright-core';

/** What a test may have changed, as it is to be again. */
export type PageState = {
  /** the origin whose storage and cookies the page has */
  readonly baseURL: string;
  readonly viewport: { width: number; height: number };
  readonly colorScheme: 'light' | 'dark';
  readonly reducedMotion: 'reduce';
};

/**
 * The application of a page goes, and what it has stored; routes, listeners, other tabs and what was emulated, too. Left
 * are scripts, bindings and clocks that Playwright has put into the page.
 * @returns false where the page is of no more use: closed, or its server has ended
 */
export async function resetPage(
  page: Page,
  { baseURL, viewport, colorScheme, reducedMotion }: PageState,
): Promise<boolean> {
  const context = page.context();
  try {
    for (const event of ['console', 'dialog', 'filechooser', 'pageerror', 'request', 'response']) {
      page.removeAllListeners(event);
      context.removeAllListeners(event);
    }
    // First: what follows reaches all pages of the context, and fails for one that is closing.
    await Promise.all(context.pages().map((one) => one !== page && one.close()));
    await Promise.all([
      page.unrouteAll({ behavior: 'ignoreErrors' }),
      context.unrouteAll({ behavior: 'ignoreErrors' }),
      context.setOffline(false),
    ]);
    // An address of the same origin that runs no script. Without a listener, a page that asks whether to leave is left.
    await page.goto(`${baseURL}/healthz`);
    await Promise.all([
      page.evaluate('localStorage.clear(); sessionStorage.clear()'),
      context.clearCookies(),
      page.emulateMedia({ media: null, colorScheme, reducedMotion }),
      page.setViewportSize(viewport),
      page.mouse.move(0, 0),
    ]);
    return true;
  } catch {
    return false;
  }
}
