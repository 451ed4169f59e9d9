/** Pages of the web UI in a real Chromium, against a real server. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { TestServer } from '../server.ts';
import { conditionMsMax } from '../wait-limit.ts';
import { launchChromium } from './chromium.ts';
import { type PageState, resetPage } from './page-reset.ts';

type Theme = 'light' | 'dark';

export type PageOptions = {
  theme?: Theme;
  /** a window as narrow as a phone's, with touch */
  isPhone?: boolean;
  /** false: no one is signed in */
  isSignedIn?: boolean;
  /** Neither before nor after is the page another test's: for what no reset takes back, such as a clock. */
  isAlone?: boolean;
};

/** A page, with all that went wrong in it. */
export type TestPage = {
  page: Page;
  context: BrowserContext;
  /** errors of the page's console, exceptions, rejections of its policy, and requests to other hosts */
  faults: string[];
};

type UsedPage = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly settings: PageState;
  readonly isAlone: boolean;
};

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** One Chromium for all files of a worker: it ends with the worker. */
let chromium: Promise<Browser> | undefined;

/** Its own package for Playwright gives it to the page anew for each run, which takes as long as the run. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The pages of a file's tests. Close it in `afterAll`: it checks that no page had faults. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly #contexts = new Set<BrowserContext>();
  readonly #faults: string[][] = [];
  /** what a test has opened: it goes with the test, for open pages go on asking the server */
  readonly #ofTest = new Set<UsedPage>();
  /** Pages for the next tests. A new one takes as much CPU time as to load the application into it. */
  readonly #unused: UsedPage[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<TestBrowser> {
    chromium ??= launchChromium();
    return new TestBrowser(await chromium);
  }

  /** Opens a path of the server's UI as in a browser session of its own, signed in unless told otherwise. */
  async open(server: TestServer, path: string, options: PageOptions = {}): Promise<TestPage> {
    const { theme = 'light', isPhone = false, isSignedIn = true, isAlone = false } = options;
    const settings: BrowserContextOptions & PageState = {
      baseURL: server.url,
      viewport: isPhone ? sizes.phone : sizes.desktop,
      colorScheme: theme,
      reducedMotion: 'reduce',
      hasTouch: isPhone,
      locale: 'en-US',
      timezoneId: 'America/New_York',
    };
    const used =
      (isAlone ? undefined : this.#takeUnused(settings)) ?? (await this.#makePage(settings, isAlone));
    this.#ofTest.add(used);
    const { page, context } = used;
    const faults = watch(page, server);
    this.#faults.push(faults);
    if (isSignedIn) {
      const { status } = await signIn(context, server);
      expect(status).toBe(200);
    }
    await page.goto(path);
    return { page, context, faults };
  }

  #takeUnused(settings: object): UsedPage | undefined {
    const at = this.#unused.findIndex((one) => isDeepStrictEqual(one.settings, settings));
    return at === -1 ? undefined : this.#unused.splice(at, 1)[0];
  }

  async #makePage(settings: BrowserContextOptions & PageState, isAlone: boolean): Promise<UsedPage> {
    const context = await this.#browser.newContext(settings);
    this.#contexts.add(context);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: settings.baseURL });
    context.setDefaultTimeout(conditionMsMax);
    return { context, page: await context.newPage(), settings, isAlone };
  }

  /** Leaves open what hooks have opened for several tests. */
  keepOpen(): void {
    this.#ofTest.clear();
  }

  async closePages(): Promise<void> {
    await Promise.all([...this.#ofTest].map((used) => this.#release(used)));
    this.#ofTest.clear();
  }

  async #release(used: UsedPage): Promise<void> {
    const { page, context, settings, isAlone } = used;
    if (!isAlone && (await resetPage(page, settings))) {
      this.#unused.push(used);
    } else {
      this.#contexts.delete(context);
      await context.close();
    }
  }

  /** @throws where a page had faults that its test did not take out of `faults` */
  async close(): Promise<void> {
    await Promise.all([...this.#contexts].map((context) => context.close()));
    expect(this.#faults.flat()).toEqual([]);
  }
}

async function signIn(context: BrowserContext, server: TestServer): Promise<{ status: number }> {
  const answer = await context.request.post('/api/v1/session', { data: { token: server.token } });
  return { status: answer.status() };
}

function watch(page: Page, server: TestServer): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    // Chromium reports each answer that is no success; those are the subject of tests, not faults of the page.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== server.url && protocol !== 'data:' && protocol !== 'blob:')
      faults.push(`request to ${request.url()}`);
  });
  return faults;
}

/**
 * Expects that axe finds nothing: by all its rules in the light, and by those of colours in the dark, where nothing
 * else is different. `part` is a selector. Pages with few rows take a tenth of the time of full ones.
 */
export async function expectAccessible(page: Page, part = 'html'): Promise<void> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axeSource);
  for (const colorScheme of ['light', 'dark'] as const) {
    // To set what is set already draws the page again all the same.
    const isSet = await page.evaluate(`matchMedia('(prefers-color-scheme: ${colorScheme})').matches`);
    if (isSet !== true) await page.emulateMedia({ colorScheme });
    // The colors of the scheme are those of the next frame.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const options: RunOptions = {
      resultTypes: ['violations'], // of what passes, nothing is written down
      preload: { assets: ['media'] }, // the rule that wants copies of the style sheets is not on
      ...(colorScheme === 'dark' && { runOnly: ['color-contrast', 'link-in-text-block'] }),
    };
    const run = `axe.run(${JSON.stringify(part)}, ${JSON.stringify(options)})`;
    const violations = await page.evaluate<AxeResults['violations']>(`${run}.then((all) => all.violations)`);
    const found = violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
    expect(found, colorScheme).toEqual([]);
  }
}
