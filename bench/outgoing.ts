/**
 * node bench/outgoing.ts [--rate 1000] [--seconds 20] [--calls 2000]
 *
 * Events to a receiver on this machine beside the postbacks that cause them: each postback changes the revenue of a call,
 * which is one event. Server, database, receiver and sender share the cores.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { answerHelp } from './help.ts';
import { createCalls, quantiles, sendAtRate, withOwnServer } from './own-server.ts';

answerHelp(import.meta.filename);

type Received = { events: number; delaysMs: number[]; firstAt: number; lastAt: number };

const isReceiver = process.argv.includes('--receiver');
if (isReceiver) receive();
else await run();

/** Counts events, and how long after their postback they came. */
function receive(): void {
  const received: Received = { events: 0, delaysMs: [], firstAt: 0, lastAt: 0 };
  const ids = new Set<string>();
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      const { id, at } = JSON.parse(body) as { id: string; at: string };
      if (!ids.has(id)) received.events += 1;
      ids.add(id);
      received.lastAt = Date.now();
      received.firstAt ||= received.lastAt;
      received.delaysMs.push(received.lastAt - Date.parse(at));
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on('message', () => process.send?.(received));
}

async function run(): Promise<void> {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      rate: { ...number, default: '1000' },
      seconds: { ...number, default: '20' },
      calls: { ...number, default: '2000' },
    },
  });
  const [rate, seconds, calls] = [Number(values.rate), Number(values.seconds), Number(values.calls)];
  const receiver = fork(import.meta.filename, ['--receiver']);
  const [{ port }] = await once(receiver, 'message');
  const read = async (): Promise<Received> => {
    receiver.send('read');
    return (await once(receiver, 'message'))[0];
  };
  try {
    await withOwnServer(async (server) => {
      const { post } = server;
      await createCalls(server, calls);
      const { auth_key: key } = await post('/api/v1/webhooks/incoming', {
        ...{ name: 'bench', type: 'update_revenue' },
      });
      await post('/api/v1/webhooks/outgoing', {
        ...{ name: 'bench', url: `http://127.0.0.1:${port}/`, events: ['call.revenue_changed'] },
      });
      const start = performance.now();
      const total = rate * seconds;
      const tookMs = await sendAtRate(
        rate,
        (sent) => sent >= total,
        (n) =>
          post('/update-revenue', { call_log_id: `c${n % calls}`, revenue: n + 1 }, { 'x-auth-key': key }),
      );
      const loadSeconds = (performance.now() - start) / 1_000;
      let received = await read();
      for (let tries = 0; received.events < total && tries < 300; tries += 1) {
        await sleep(100);
        received = await read();
      }
      const eventSeconds = (received.lastAt - received.firstAt) / 1_000;
      console.table({
        postbacks: { count: total, 'per second': Math.round(total / loadSeconds), ...quantiles(tookMs) },
        events: {
          count: received.events,
          'per second': Math.round(received.events / eventSeconds),
          ...quantiles(received.delaysMs),
        },
      });
      if (received.events !== total) throw new Error(`${total - received.events} events are missing`);
    });
  } finally {
    receiver.kill();
  }
}
