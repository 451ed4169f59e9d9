/**
 * How soon the Calls page can be used with very many calls: `node bench/calls-page.ts --help`. A real Chromium opens it
 * on `ringback start` with its embedded PostgreSQL. What is timed ends when rows stand on the page, not with an answer.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../test/support/browser/chromium.ts';
import { loadAccount } from './database.ts';
import { callLogIdOf } from './payload.ts';
import { startProduct } from './product.ts';

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string' },
    'load-only': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const usage = `node bench/calls-page.ts [options]
  --calls 1000000  calls in the database
  --rounds 5       loads of each kind; medians are shown
  --data FOLDER    keeps the data there, and uses what is there from an earlier run
  --load-only      makes the data and measures nothing`;

type Step = { name: string; act(page: Page): Promise<unknown> };

/** From an open list to the rows of another one. */
const steps: Step[] = [
  { name: 'next page', act: (page) => page.getByRole('button', { name: 'Show more' }).click() },
  {
    name: 'state: completed',
    act: async (page) => {
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      await page.getByRole('button', { name: 'State', exact: true }).click();
      await page.getByLabel('State', { exact: true }).selectOption('Completed');
    },
  },
  { name: 'search: a whole id', act: (page) => page.getByLabel('Search').fill(callLogIdOf(77)) },
  { name: 'search: the beginning of many ids', act: (page) => page.getByLabel('Search').fill('CA12') },
  { name: 'search: a number', act: (page) => page.getByLabel('Search').fill('+12010000000') },
];

/** Lists by their address, as a bookmark opens them. */
const addresses: Record<string, string> = {
  'one campaign': '?campaign=Campaign+7',
  'campaign, publisher and buyer': '?campaign=Campaign+7&publisher=Publisher+7&buyer=Buyer+7',
  'a tag that every fourth call has': '?tag=source:tv',
  'not converted, owed, one campaign': '?converted=false&payout_status=owed&campaign=Campaign+7',
  'held: none is': '?payout_status=held',
};

if (options.help) console.log(usage);
else await run(Number(options.calls), Number(options.rounds), options.data);

async function run(calls: number, rounds: number, kept: string | undefined): Promise<void> {
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'ringback-bench-')));
  try {
    if (!existsSync(join(dataDir, 'postgres'))) {
      console.log(`loading ${calls.toLocaleString('en-US')} calls`);
      await (await startProduct(dataDir)).stop(); // makes the account
      await loadAccount(dataDir, calls);
    }
    if (!options['load-only']) await measure(dataDir, rounds);
  } finally {
    if (kept === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(dataDir: string, rounds: number): Promise<void> {
  const product = await startProduct(dataDir);
  const browser = await launchChromium();
  const newContext = async () => {
    const context = await browser.newContext({
      baseURL: product.url,
      viewport: { width: 1280, height: 800 },
    });
    await context.request.post('/api/v1/session', { data: { token: product.token } });
    return context;
  };
  try {
    await timeOpen(await newContext(), ''); // the server's own first requests
    await report('cold: nothing in the browser’s cache', rounds, async () => {
      const context = await newContext();
      const ms = await timeOpen(context, '');
      await context.close();
      return ms;
    });
    const context = await newContext();
    await timeOpen(context, '');
    await report('warm', rounds, () => timeOpen(context, ''));
    for (const [name, query] of Object.entries(addresses))
      await report(`warm, ${name}`, rounds, () => timeOpen(context, query));
    for (const { name, act } of steps)
      await report(`open list → ${name}`, rounds, () => timeStep(context, act));
  } finally {
    await browser.close();
    await product.stop();
  }
}

/** Milliseconds from the address to what the list has to say: rows, or that it looked and found none yet. */
async function timeOpen(context: BrowserContext, query: string): Promise<number> {
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(`/calls${query}`, { waitUntil: 'commit' });
  await page
    .locator('tbody tr, main [role=status]:has-text("Looked"), main :text("No call matches")')
    .first()
    .waitFor();
  const ms = performance.now() - start;
  await page.close();
  return ms;
}

/** Milliseconds from a click or the last key to the new rows; the pause that the search waits for is part of it. */
async function timeStep(context: BrowserContext, act: Step['act']): Promise<number> {
  const page = await context.newPage();
  await page.goto('/calls');
  await page.locator('tbody tr').first().waitFor();
  const start = performance.now();
  const answered = page.waitForResponse((response) => response.url().includes('/api/v1/calls?'));
  await act(page);
  await answered;
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  await page.locator('tbody tr, main :text("No call matches")').first().waitFor();
  const ms = performance.now() - start;
  await page.close();
  return ms;
}

async function report(name: string, rounds: number, time: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(Math.round(await time()));
  const sorted = times.toSorted((one, other) => one - other);
  console.log(`${String(sorted[rounds >> 1]).padStart(6)} ms  ${name}  (${sorted.join(', ')})`);
}
