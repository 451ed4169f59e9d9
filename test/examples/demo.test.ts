import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { isRunning, serverPid } from '../fixtures/embedded-processes.ts';
import { runProcess, startProcess } from '../support/programs/process.ts';

type Call = {
  revenue_paid_out: string | null;
  publisher_paid_out: string | null;
  payout_status: string;
  state: string;
};

/** The last line of the table of money. */
const totalRow = /^total +(\d+) +(\d+) +(\d+) +(\d+) +([\d.]+) +([\d.]+) +([\d.]+)$/m;

/** Decimal texts with two fraction digits, summed in cents. */
function sum(amounts: (string | null)[]): string {
  const cents = amounts.reduce((total, amount) => total + BigInt((amount ?? '0.00').replace('.', '')), 0n);
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

test('the day is played and shown, can be looked at, and leaves nothing behind', {
  timeout: 90_000,
}, async () => {
  const demo = startProcess(['examples/demo.ts']);
  await demo.waitFor(/^Ctrl-C ends it/m);
  const { stdout } = demo;
  const shown = (name: string) => new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(stdout)?.[1] ?? '';

  const token = shown('admin token');
  const url = shown('documentation').replace('/docs', '');
  expect(shown('sign in')).toBe(`${url}/sign-in#token=${token}`);
  const curl = /^ +(curl .*)$/m.exec(stdout)?.[1] ?? '';
  const held: { items: Call[] } = JSON.parse(spawnSync('sh', ['-c', curl], { encoding: 'utf8' }).stdout);
  expect(new Set(held.items.map((call) => call.payout_status))).toEqual(new Set(['held']));

  const response = await fetch(`${url}/api/v1/calls?limit=500`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { items: calls } = (await response.json()) as { items: Call[] };
  const payouts = (status: string) =>
    sum(calls.filter((call) => call.payout_status === status).map((call) => call.publisher_paid_out));
  const [, count, live, , , revenue, owed, heldSum] = totalRow.exec(stdout) ?? [];
  expect({ count, live, revenue, owed, held: heldSum }).toEqual({
    count: String(calls.length),
    live: String(calls.filter(({ state }) => state === 'live').length),
    revenue: sum(calls.map((call) => call.revenue_paid_out)),
    owed: payouts('owed'),
    held: payouts('held'),
  });
  expect(calls.length).toBeGreaterThanOrEqual(100);

  for (const code of [
    'call_not_completed',
    'unresolved_placeholder',
    'transaction_id_reused',
    'link_preview',
  ]) {
    expect(stdout).toMatch(new RegExp(`^ +\\d+ +4\\d\\d +${code} `, 'm'));
  }
  expect(stdout).toMatch(/Lead system +applied at the end of the call \(converted false -> true/);
  expect(stdout).toMatch(/CRM +rejected: call_not_completed/);
  expect(stdout).toMatch(/no_payout_reason Condition not met -> nothing/);

  const dataDir = shown('data folder');
  const pid = (await serverPid(dataDir)) ?? 0;
  expect(isRunning(pid)).toBe(true);
  demo.signal('SIGINT');
  expect(await demo.end()).toMatchObject({ code: 0, stderr: '' });
  expect(isRunning(pid)).toBe(false);
  await expect(stat(dataDir)).rejects.toThrow('ENOENT');
});

test('with --exit the same day ends after the tables', { timeout: 90_000 }, async () => {
  const { code, stdout, stderr } = await runProcess(['examples/demo.ts', '--exit']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(totalRow.exec(stdout)?.slice(1, 4)).toEqual(['150', '4', '128']);
  expect(stdout).not.toContain('Ctrl-C');
});

test('an unknown option is rejected before anything starts', async () => {
  const { code, stdout, stderr } = await runProcess(['examples/demo.ts', '--forever']);
  expect(code).toBe(1);
  expect(stderr).toContain("Unknown option '--forever'");
  expect(stdout).toBe('');
});
