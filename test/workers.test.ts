import { expect, test } from 'vitest';
import { useServer, useWebhook } from './support/server.ts';

const server = useServer({}, 2);
const webhook = useWebhook(server);

async function readMetric(name: string): Promise<number> {
  const { text } = await server.request('/metrics');
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('two workers answer on one port, and repeats that reach both have one effect', async () => {
  await server.createCall('W1');
  const body = { call_log_id: 'W1', revenue_paid_out: 5, transaction_id: 'w1' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => server.post(webhook, body, { connection: 'close' })),
  );
  expect(answers.filter((answer) => answer.json.duplicate === false)).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.json.postback_id)).size).toBe(1);
});

test('metrics are those of all workers together', async () => {
  const before = await readMetric('ringback_postbacks_total');
  await server.createCall('W2');
  await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      server.post(webhook, { call_log_id: 'W2', revenue_paid_out: at }, { connection: 'close' }),
    ),
  );
  expect(await readMetric('ringback_postbacks_total')).toBe(before + 20);
});

test('a webhook that is paused through one worker is rejected by all at once', async () => {
  const paused = await server.createWebhook();
  await server.createCall('W3');
  const send = () =>
    server.post(paused, { call_log_id: 'W3', reason: 'seen by every worker' }, { connection: 'close' });
  await Promise.all(Array.from({ length: 10 }, send)); // now each worker remembers the key
  await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: true });
  const answers = await Promise.all(Array.from({ length: 10 }, send));
  expect(answers.map((answer) => answer.json.code)).toEqual(Array(10).fill('webhook_paused'));
});
