import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Ended, makeFolder, runProcess } from '../support/programs/process.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
let url: string;

beforeAll(async () => {
  const { auth_key: key } = await server.createWebhook();
  url = `${server.url}/update-fields?auth_key=${key}`;
});
function correct(...args: string[]): Promise<Ended> {
  return runProcess(['examples/crm-corrections.ts', ...args]);
}

test('the example’s corrections change payouts, and set and release holds, once however often they are sent', async () => {
  const before = { revenue_paid_out: '40', publisher_paid_out: '20', converted: true };
  for (const id of ['CA-1', 'CA-2', 'CA-4']) await server.createCall(id, before);
  await server.createCall('CA-3', { ...before, no_payout_reason: 'Condition not met' });

  const { code, stdout } = await correct(url);
  expect(code).toBe(0);
  expect(stdout).toContain('1001  CA-1  applied, publisher_paid_out 20.00 -> 24.00');
  expect(stdout).toContain('4 corrections, 0 rejected');
  const [paid, held, released, undone] = await Promise.all(
    ['CA-1', 'CA-2', 'CA-3', 'CA-4'].map((id) => server.readCall(id)),
  );
  expect(paid).toMatchObject({ publisher_paid_out: '24.00', payout_status: 'owed' });
  expect(held).toMatchObject({ publisher_paid_out: '20.00', payout_status: 'held' });
  expect(released).toMatchObject({ publisher_paid_out: '20.00', payout_status: 'owed' });
  expect(undone).toMatchObject({ converted: false, revenue_paid_out: '0.00', publisher_paid_out: '0.00' });

  // Meanwhile somebody set another payout: sending the list again does not undo that.
  await server.api('PATCH', '/calls/CA-1', { publisher_paid_out: '25' });
  const again = await correct(url);
  expect(again.code).toBe(0);
  expect(again.stdout.match(/applied before/g)).toHaveLength(4);
  expect(await server.readCall('CA-1')).toMatchObject({ publisher_paid_out: '25.00' });
});

test('a rejected correction is printed with what to do, and the others are made', async () => {
  await server.createCall('CA-5');
  await server.createCall('CA-6', { state: 'live' });
  const file = join(await makeFolder(), 'corrections.json');
  const corrections = [
    { id: '1', call_log_id: 'CA-6', publisher_paid_out: '5' },
    { id: '2', call_log_id: 'CA-5', publisher_paid_out: '5' },
  ];
  await writeFile(file, JSON.stringify(corrections));
  const { code, stdout } = await correct(url, file);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^1 {2}CA-6 {2}rejected, call_not_completed: .*once the call ended/m);
  expect(stdout).toContain('2 corrections, 1 rejected');
  expect(await server.readCall('CA-5')).toMatchObject({ publisher_paid_out: '5.00' });
});

test('without a URL it tells how to use it', async () => {
  const { code, stderr } = await correct();
  expect(code).toBe(2);
  expect(stderr).toContain('Usage:');
});
