/** Snippets and built URLs do what they say when they are run as they stand, whatever characters are in the values. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildUrl } from '../../../ui/src/pages/webhooks/requests/build-request.ts';
import { copyFrom, useUi } from '../../support/ui.ts';

const ui = useUi();
const run = promisify(execFile);

const programs: Record<string, [command: string, ...args: string[]]> = {
  'curl POST': ['sh', '-c'],
  'curl GET': ['sh', '-c'],
  JavaScript: [process.execPath, '--input-type=module', '--eval'],
  PHP: ['php', '-r'],
  Python: ['python3', '-c'],
};
const missing = await missingOf({ 'curl POST': 'curl', 'curl GET': 'curl', PHP: 'php', Python: 'python3' });

async function missingOf(needed: Record<string, string>): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    Object.entries(needed).map(async ([name, program]) => {
      const isThere = await run(program, ['--version']).then(
        () => true,
        () => false,
      );
      return [name, program, isThere] as const;
    }),
  );
  return new Map(found.filter(([, , isThere]) => !isThere).map(([name, program]) => [name, program]));
}

const named = (name: string) =>
  missing.has(name) ? `${name} (left out: no ${missing.get(name)} on this machine)` : name;

/** Does what a sender does with a snippet; a pixel is loaded by a page of somebody else's. */
async function use(name: string, text: string, context: BrowserContext): Promise<void> {
  if (name === 'Pixel') {
    const page = await context.newPage();
    const answered = page.waitForResponse((response) => response.url().includes('.gif'));
    await page.setContent(text);
    expect((await answered).headers()['x-postback-status']).toBe('applied');
    await page.close();
    return;
  }
  const [command, ...args] = programs[name] ?? ['false'];
  await run(command, [...args, text]);
}

async function copySnippet(page: Page, name: string): Promise<string> {
  await page.getByRole('tab', { name, exact: true }).click();
  return copyFrom(page, name);
}

const names = ['curl POST', 'curl GET', 'Pixel', 'JavaScript', 'PHP', 'Python'];

describe('with a new key', () => {
  let page: Page;
  let context: BrowserContext;
  beforeAll(async () => {
    ({ page, context } = await ui.open('/webhooks/incoming'));
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByLabel('Name').fill(`Odd 'name' "&" %41`);
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByText('will not be shown again').waitFor();
  });

  for (const name of names) {
    test.skipIf(missing.has(name))(`${named(name)}: changes the call that has the id`, async () => {
      await ui.server.createCall('CALL_ID');
      await ui.server.api('PATCH', '/calls/CALL_ID', { converted: false, revenue_paid_out: '1' });
      await use(name, await copySnippet(page, name), context);
      expect(await ui.server.readCall('CALL_ID')).toMatchObject({
        converted: true,
        revenue_paid_out: '12.50',
      });
    });
  }
});

describe('in the URL builder, with every odd character', () => {
  const odd = `it's "50%" & <b>\\n\\</b> = a+b? #1# {x $HOME \`id\` $(id) ü 😀 مرحبا`;
  const oddId = `CA'"&%41 +#ü\\`;
  let page: Page;
  let context: BrowserContext;
  beforeAll(async () => {
    const webhook = await ui.server.createWebhook('update_fields', { name: 'Odd' });
    ({ page, context } = await ui.open(`/webhooks/incoming/${webhook.id}?tab=builder`));
    await ui.server.createCall(oddId);
    await page.getByLabel('Auth key').fill(webhook.auth_key);
    await page.getByLabel('Value of call_log_id').fill(oddId);
    await page.getByLabel('Value of reason').fill(odd);
    await page.getByLabel('Value of add').fill(`it's:"&%26", b=<ü>`);
  });

  for (const name of [...names, 'GET URL']) {
    test.skipIf(missing.has(name))(named(name), async () => {
      await ui.server.api('PATCH', `/calls/${encodeURIComponent(oddId)}`, {
        reason: 'before',
        remove: ["it's", 'b'],
      });
      if (name === 'GET URL') await fetch(await copyFrom(page, name));
      else await use(name, await copySnippet(page, name), context);
      expect(await ui.server.readCall(oddId)).toMatchObject({
        reason: odd,
        tags: { "it's": '"&%26"', b: '<ü>' },
      });
    });
  }
});

describe('macros', () => {
  test.each([
    '[tag:InboundNumber:Number]',
    '+1[caller_id_short]',
    '{call_id}',
    '{{call.id}}',
    '%%id%%',
    '#tid#',
    '$' + '{id}',
    '<id>',
    '--A--phone_number--B--',
  ])('%s is in the URL as the sender writes it', (text) => {
    const url = buildUrl('http://x/update-fields', 'k', [['call_log_id', text]]);
    expect(url).toBe(`http://x/update-fields?auth_key=k&call_log_id=${text.replace('+', '%2B')}`);
  });

  test.each(['[a & b]', 'a #b# c', '{x y}', '100% [VIP', '<b>x</b> & more'])(
    'text such as %s comes back as it was typed',
    (text) => {
      const url = new URL(buildUrl('http://x/update-fields', 'k', [['reason', text]]));
      expect(url.searchParams.get('reason')).toBe(text);
      expect(url.hash).toBe('');
    },
  );
});
