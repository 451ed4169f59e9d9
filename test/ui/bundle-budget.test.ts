/** What a browser has to fetch before it shows a page (decision 013). */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { useUi } from '../support/ui.ts';

const budgetBytes = 250_000;

const ui = useUi();

async function gzippedBytes(path: string): Promise<number> {
  const response = await fetch(ui.server.url + path, { headers: { 'accept-encoding': 'identity' } });
  expect(response.status).toBe(200);
  return gzipSync(Buffer.from(await response.arrayBuffer())).byteLength;
}

test('the first load of each page weighs at most 250 kB gzipped, and fetches no chart library', async () => {
  for (const path of ['/sign-in', '/webhooks/incoming', '/calls']) {
    const { page } = await ui.open(path, { isSignedIn: path !== '/sign-in' });
    await page.getByRole('heading').first().waitFor();
    const names = await page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((name) => name.startsWith('/assets/'))`,
    );
    expect(names.length).toBeGreaterThan(1);
    expect(names.join()).not.toContain('plot');
    const sizes = await Promise.all(names.map(gzippedBytes));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(budgetBytes);
  }
});
