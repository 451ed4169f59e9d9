/** `ringback undo` as an operator runs it. */
import { expect, test } from 'vitest';
import { runRingback } from '../support/programs/process.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const run = (...args: string[]) =>
  runRingback(['undo', ...args], { RINGBACK_URL: server.url, ADMIN_TOKEN: server.token });

async function send(call_log_id: string): Promise<string> {
  await server.createCall(call_log_id);
  const { json } = await server.post(webhook, { call_log_id, revenue_paid_out: '5', reason: 'x' });
  return json.postback_id;
}

test('undoes one postback, after a dry run that changes nothing', async () => {
  const id = await send('one');
  await server.api('PATCH', '/calls/one', { reason: 'by hand' });
  const dry = await run(id, '--dry-run');
  expect([dry.code, dry.stderr]).toEqual([0, '']);
  expect(dry.stdout).toMatch(
    /^Would be undone: revenue_paid_out "5\.00" → null\nLeft unchanged: reason, set by owner at /,
  );
  expect((await server.readCall('one')).revenue_paid_out).toBe('5.00');
  const done = await run(id, '--yes');
  expect([done.code, done.stderr]).toEqual([0, '']);
  expect(done.stdout).toMatch(/^Undone: revenue_paid_out/);
  expect((await server.readCall('one')).revenue_paid_out).toBe(null);
  expect((await run(id, '--yes')).stdout).toMatch(/It was undone before/);
});

test('undoes all postbacks of a period, and says how many and which sums', async () => {
  await send('many-1');
  await send('many-2');
  const period = ['--webhook', webhook.id, '--from', '2020-01-01', '--to', '2099-01-01'];
  const dry = await run(...period, '--dry-run');
  expect(dry.stdout).toMatch(/^2 postbacks for 2 calls would be undone: 2 change a call,/);
  expect(dry.stdout).toMatch(/\nrevenue_paid_out: -10\.00 in total\n/);
  const done = await run(...period, '--yes');
  expect([done.code, done.stderr]).toEqual([0, '']);
  expect(done.stdout).toMatch(/^2 postbacks for 2 calls undone:/);
  expect((await server.readCall('many-1')).revenue_paid_out).toBe(null);
});

test.each<[string, string[], number, RegExp]>([
  ['nothing named', [], 2, /Name a postback by its id, or a webhook/],
  ['both named', ['x', '--webhook', 'y'], 2, /not both/],
  ['an unknown postback', ['0199aaaa-0000-7000-8000-000000000001', '--yes'], 1, /not_found/],
  [
    'no terminal to ask at',
    ['--webhook', 'ID', '--from', '2020-01-01', '--to', '2020-01-02'],
    2,
    /add --yes/,
  ],
])('says what is wrong: %s', async (_what, args, code, message) => {
  const ran = await run(...args.map((arg) => (arg === 'ID' ? webhook.id : arg)));
  expect(ran.code).toBe(code);
  expect(ran.stderr).toMatch(message);
});
