/** A server that is killed while postbacks and the calls that they wait for arrive (docs/senders.md#waiting-for-the-call). */
import { expect, test } from 'vitest';
import { timeoutMs, times } from '../faults/faults.ts';
import type { TestServer, TestWebhook } from '../support/server.ts';
import { makeDataDir } from '../support/server-process.ts';

const callCount = 40;

test('after kill -9, senders that repeat themselves find every postback applied once', {
  timeout: timeoutMs,
}, async () => {
  const { start, query } = await makeDataDir();
  let app = start();
  const webhook = await (await app.listening).createWebhook('update_fields', {
    unmatched: 'wait',
    repeats: { revenue_paid_out: 'add' },
  });
  const rounds = times(1, 25);
  for (let round = 0; round < rounds; round += 1) {
    const server = await app.listening;
    let acknowledged = 0;
    const sending = sendAll(server, webhook, round, (isDone) => {
      acknowledged += isDone ? 1 : 0;
    });
    await expect.poll(() => acknowledged, { timeout: 30_000 }).toBeGreaterThan(callCount / 2);
    await app.end('SIGKILL');
    await sending;
    app = start();
    const restarted = await app.listening;
    // On a slow machine some are asked to come again.
    const sendRest = async () => {
      let rest = 0;
      await sendAll(restarted, webhook, round, (isDone) => {
        rest += isDone ? 0 : 1;
      });
      return rest;
    };
    await expect.poll(sendRest, { timeout: 60_000 }).toBe(0);
  }
  expect(
    await query(`select count(*)::int as calls, count(*) filter (where revenue_paid_out = 3)::int as paid,
      (select count(*)::int from postback where status = 'waiting') as waiting from call`),
  ).toEqual([{ calls: rounds * callCount, paid: rounds * callCount, waiting: 0 }]);
});

/** Two postbacks for each call, by its id and by its number, and the call itself, all at once. */
async function sendAll(
  server: TestServer,
  webhook: TestWebhook,
  round: number,
  hear: (isDone: boolean) => void,
): Promise<void> {
  const one = async (send: () => Promise<{ status: number }>) => {
    const status = await send().then(
      (answer) => answer.status,
      () => 0, // the connection broke
    );
    hear(status >= 200 && status < 300);
  };
  await Promise.all(
    Array.from({ length: callCount }, async (_, at) => {
      const call_log_id = `killed ${round} ${at}`;
      const phone_number = `+1646555${String(round * callCount + at).padStart(4, '0')}`;
      const pay = (named: object, amount: number) => () =>
        server.post(webhook, {
          ...named,
          revenue_paid_out: amount,
          transaction_id: `${call_log_id} ${amount}`,
        });
      await Promise.all([
        one(pay({ call_log_id }, 1)),
        one(pay({ phone_number }, 2)),
        one(() =>
          server.api('POST', '/calls', {
            call_log_id,
            phone_number,
            ...(at % 2 === 0 && { state: 'completed' }),
          }),
        ),
      ]);
      if (at % 2 === 1)
        await one(() => server.api('POST', `/calls/${encodeURIComponent(call_log_id)}/complete`));
    }),
  );
}
