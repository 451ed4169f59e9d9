/** Entry of a worker process: serves with the settings that the primary sends, until it says stop or is gone. */
import { AggregatorRegistry } from 'prom-client';
import { createMetrics } from './http/metrics/metrics.ts';
import { createLog } from './log.ts';
import { serve } from './server.ts';
import { Stack } from './stack.ts';
import type { ToPrimary, ToWorker } from './workers.ts';

const running = new Stack();
const metricsRequests = new Map<number, (text: string) => void>();
let lastRequest = 0;

process.on('message', (message: ToWorker) => {
  if (message.ringback === 'serve') void start(message.config);
  else if (message.ringback === 'stop') void stop();
  else if (message.ringback === 'metrics') metricsRequests.get(message.request)?.(message.text);
});
process.on('disconnect', () => void stop());
// A Ctrl-C reaches the whole process group: the primary decides what it means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

async function start(config: Extract<ToWorker, { ringback: 'serve' }>['config']): Promise<void> {
  try {
    const metrics = createMetrics(readAllMetrics);
    new AggregatorRegistry(); // answers the primary when it gathers
    AggregatorRegistry.setRegistries(metrics.registry);
    const address = await serve(config, createLog(config.logLevel), running, metrics);
    tell({ ringback: 'listening', ...address });
  } catch (error) {
    tell({ ringback: 'failed', message: error instanceof Error ? error.message : String(error) });
    await stop();
  }
}

async function stop(): Promise<void> {
  await running.stop();
  process.exit(0);
}

/** A worker that is asked for metrics has the primary gather those of all. */
function readAllMetrics(): Promise<string> {
  lastRequest += 1;
  const request = lastRequest;
  return new Promise((resolve) => {
    metricsRequests.set(request, (text) => {
      metricsRequests.delete(request);
      resolve(text);
    });
    tell({ ringback: 'readMetrics', request });
  });
}

function tell(message: ToPrimary): void {
  process.send?.(message);
}
