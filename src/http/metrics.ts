import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome } from '../core/postback.ts';
import type { RefusalCode } from '../core/refusal.ts';
import { CommitTimes } from './overview/commit-times.ts';

export type Gauges = {
  queueDepth(): number;
  /** read from the database at each scrape */
  countWaiting(): Promise<{ liveCalls: number; queuedUpdates: number }>;
};

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The counters of one process, in a registry of their own.
 * @param readAll gives the text of /metrics where several processes serve together
 */
export function createMetrics(readAll?: () => Promise<string>) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const postbacks = new Counter({
    name: 'ringback_postbacks_total',
    help: 'Postbacks by outcome; code is empty for those that were not refused',
    labelNames: ['status', 'code'] as const,
    registers,
  });
  const commitTimes = new CommitTimes();
  const batchSize = new Histogram({
    name: 'ringback_batch_size',
    help: 'Postbacks committed in one transaction',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'ringback_commit_seconds',
    help: 'From the beginning of a transaction to the answer of its commit',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const failures = new Counter({
    name: 'ringback_write_failures_total',
    help: 'Transactions that failed, by how the failure was taken',
    labelNames: ['kind'] as const,
    registers,
  });
  const removed = new Counter({
    name: 'ringback_retention_removed_total',
    help: 'What was removed because it was older than the settings allow: bodies, postbacks or calls',
    labelNames: ['kind'] as const,
    registers,
  });
  return {
    registry,
    /** text for Prometheus */
    read: readAll ?? (() => registry.metrics()),
    countPostback({ status, isDuplicate, refusal }: Outcome): void {
      postbacks.inc({ status: isDuplicate ? 'duplicate' : status, code: refusal?.code ?? '' });
    },
    /** Counts a request that was refused without becoming a postback. */
    countRefused(code: RefusalCode): void {
      postbacks.inc({ status: 'rejected', code });
    },
    observeCommit(size: number, commitMs: number): void {
      batchSize.observe(size);
      commitSeconds.observe(commitMs / 1_000);
      commitTimes.add(commitMs, Date.now());
    },
    /** How long transactions of this process took in the last five minutes; null where there were none. */
    recentCommits: () => commitTimes.read(Date.now()),
    countFailure(kind: string): void {
      failures.inc({ kind });
    },
    countRemoved(kind: string, rows: number): void {
      removed.inc({ kind }, rows);
    },
    /** Adds what is read when the metrics are asked for. */
    addGauges({ queueDepth, countWaiting }: Gauges): void {
      new Gauge({
        name: 'ringback_queue_depth',
        help: 'Postbacks that wait for their commit',
        registers,
        collect() {
          this.set(queueDepth());
        },
      });
      // Both are read in one query for each scrape: whichever gauge is asked first starts it.
      let reading: ReturnType<typeof countWaiting> | undefined;
      const collectWaiting = (pick: 'liveCalls' | 'queuedUpdates') =>
        async function collect(this: Gauge) {
          reading ??= countWaiting().finally(() => {
            reading = undefined;
          });
          // Where the database is away, the other metrics are needed most: these two are left out then.
          await reading.then(
            (waiting) => this.set(waiting[pick]),
            () => this.remove(),
          );
        };
      new Gauge({
        name: 'ringback_queued_updates',
        help: 'Updates that wait for their call to complete',
        aggregator: 'max', // every process counts the same rows
        registers,
        collect: collectWaiting('queuedUpdates'),
      });
      new Gauge({
        name: 'ringback_live_calls',
        help: 'Calls that have not completed',
        aggregator: 'max',
        registers,
        collect: collectWaiting('liveCalls'),
      });
    },
  };
}
