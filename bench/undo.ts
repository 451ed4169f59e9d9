/**
 * node bench/undo.ts [--postbacks 100000] [--rate 500] [--seconds 15]
 *
 * Single postbacks beside the undo of a sender's period: their latency alone, then while the undo runs, in turns on one server.
 */
import { parseArgs } from 'node:util';
import { answerHelp } from './help.ts';
import { createCalls, quantiles, sendAtRate, withOwnServer } from './own-server.ts';

answerHelp(import.meta.filename);

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    postbacks: { ...number, default: '100000' },
    rate: { ...number, default: '500' },
    seconds: { ...number, default: '15' },
  },
});
const [postbacks, rate, seconds] = [Number(values.postbacks), Number(values.rate), Number(values.seconds)];
const calls = 2_000;
const batchItemsMax = 10_000;

await withOwnServer(async (server) => {
  const { post } = server;
  await createCalls(server, calls);
  const make = (name: string) => post('/api/v1/webhooks/incoming', { name, type: 'update_revenue' });
  const [undone, single] = [await make('undone'), await make('single')];
  const item = (n: number) => ({ call_log_id: `c${n % calls}`, revenue: (n % 90_000) + 1 });
  const from = new Date().toISOString();
  for (let at = 0; at < postbacks; at += batchItemsMax) {
    const length = Math.min(batchItemsMax, postbacks - at);
    const items = Array.from({ length }, (_one, n) => item(at + n));
    await post('/update-revenue/batch', items, { 'x-auth-key': undone.auth_key });
  }
  const send = (n: number) => post('/update-revenue', item(n * 7), { 'x-auth-key': single.auth_key });
  const alone = await sendAtRate(rate, (sent) => sent >= rate * seconds, send);

  const startedAt = performance.now();
  let undoneMs: number | null = null;
  const undo = post(`/api/v1/webhooks/incoming/${undone.id}/undo`, { from, to: new Date().toISOString() });
  undo.then(() => {
    undoneMs = performance.now() - startedAt;
  });
  const beside = await sendAtRate(rate, () => undoneMs !== null, send);
  const summary = await undo;
  console.table({ alone: quantiles(alone), 'beside the undo': quantiles(beside) });
  console.log(`undo of ${summary.postbacks} postbacks: ${Math.round((undoneMs ?? 0) / 1_000)} s`);
  if (summary.postbacks !== postbacks) throw new Error(`${postbacks - summary.postbacks} were not undone`);
});
