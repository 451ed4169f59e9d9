/**
 * `npm run screenshots`: plays the demo's day on a throw-away database and photographs each page of the web UI, light,
 * dark and on a phone, into docs/screenshots.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { planDay } from '../examples/demo/day.ts';
import { Operator } from '../examples/demo/operator.ts';
import { playDay } from '../examples/demo/play.ts';
import { Senders } from '../examples/demo/senders.ts';
import { type DemoServer, startDemoServer } from '../examples/demo/server.ts';
import { Twilio } from '../examples/demo/twilio.ts';
import { launchChromium } from '../test/support/browser/chromium.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');
const callsPerDay = 150;

const looks = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const;

const server = await startDemoServer();
try {
  await mkdir(folder, { recursive: true });
  const pages = await playAndListPages(server);
  const browser = await launchChromium();
  for (const look of Object.keys(looks) as (keyof typeof looks)[]) await photograph(browser, look, pages);
  await browser.close();
} finally {
  await server.stop();
}

/** Path by name, for a day with calls, rejections, repeats and a live call. */
async function playAndListPages({ url, publicUrl, token, twilioAuthToken }: DemoServer) {
  const operator = new Operator(url, token);
  const senders = await Senders.open(operator, url);
  const day = planDay(callsPerDay, new Date());
  await playDay(day, new Twilio(url, publicUrl, twilioAuthToken, senders.tally), senders);
  const firstOf = async (path: string): Promise<string> => {
    const response = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    const { items } = (await response.json()) as { items: { id?: string; call_log_id?: string }[] };
    const [first] = items;
    return encodeURIComponent(first?.id ?? first?.call_log_id ?? '');
  };
  return {
    overview: '/overview',
    calls: '/calls',
    call: `/calls/${await firstOf('/calls?held=true&limit=1')}`,
    postbacks: '/postbacks',
    postback: `/postbacks/${await firstOf('/postbacks?status=rejected&limit=1')}`,
    webhooks: '/webhooks/incoming',
    webhook: `/webhooks/incoming/${await firstOf('/webhooks/incoming?limit=1')}`,
    files: '/files/import',
    payouts: '/files/payouts?period=month',
    access: '/access/tokens',
    'audit-log': '/access/audit',
    account: '/access/account',
    'sign-in': '/sign-in',
  };
}

async function photograph(
  browser: Browser,
  look: keyof typeof looks,
  pages: Record<string, string>,
): Promise<void> {
  const context = await browser.newContext({ ...looks[look], reducedMotion: 'reduce', locale: 'en-US' });
  const page = await context.newPage();
  for (const [name, path] of Object.entries(pages)) {
    if (name === 'sign-in') await context.clearCookies();
    else if (name === 'overview') await signIn(page);
    await page.goto(server.url + path);
    await page.waitForLoadState('load');
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.locator('.animate-pulse').first().waitFor({ state: 'detached' }); // what is on its way is there
    await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
  }
  await context.close();
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${server.url}/sign-in#token=${server.token}`);
  await page.waitForURL(/overview|calls|webhooks/);
}
