/** The page of the documentation works under a policy that evaluates no text and runs no script but its own. */
import { expect, test } from 'vitest';
import { useUi } from '../support/ui.ts';

const ui = useUi();

test('the documentation is shown under its policy, and the policy is kept', async () => {
  const { page } = await ui.open('/docs/', { isSignedIn: false });
  await page.getByText('incoming webhooks').first().waitFor({ timeout: 30_000 });
  expect(await page.locator('h1, h2').count()).toBeGreaterThan(0);
});
