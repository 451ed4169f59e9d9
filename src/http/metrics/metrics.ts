import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Outcome } from '../../core/updates/postback.ts';
import type { RejectionCode } from '../../core/updates/rejection.ts';
import { instantOfId } from '../../ordered-id.ts';
import { CommitTimes } from './commit-times.ts';
import { addGauges, type GaugeSources } from './gauges.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The counters of one process, in a separate registry.
 * @param readAll gives the text of /metrics where several processes serve together
 */
export function createMetrics(readAll?: () => Promise<string>) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const postbacks = new Counter({
    name: 'ringback_postbacks_total',
    help: 'Postbacks by outcome; code is empty for those that were not rejected',
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
  const postbackSeconds = new Histogram({
    name: 'ringback_postback_seconds',
    help: 'From the receipt of a postback to its commit, of the one in each transaction that waited longest',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const apiRequests = new Counter({
    name: 'ringback_api_requests_total',
    help: 'Requests of the operator’s side by HTTP status',
    labelNames: ['status'] as const,
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
    help: 'What was removed because it was older than the settings allow: bodies, postbacks, deliveries or calls',
    labelNames: ['kind'] as const,
    registers,
  });
  const deliveries = new Counter({
    name: 'ringback_deliveries_total',
    help: 'Attempts of outgoing webhooks by result: delivered, pending (failed, to be tried again), failed, skipped',
    labelNames: ['result'] as const,
    registers,
  });
  // From zero on, so that a rate sees the first one.
  for (const result of ['delivered', 'pending', 'failed', 'skipped']) deliveries.inc({ result }, 0);
  const deliverySeconds = new Histogram({
    name: 'ringback_delivery_seconds',
    help: 'How long receivers took',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers,
  });
  return {
    registry,
    /** text for Prometheus */
    read: readAll ?? (() => registry.metrics()),
    countPostback({ status, isDuplicate, rejection }: Outcome): void {
      postbacks.inc({ status: isDuplicate ? 'duplicate' : status, code: rejection?.code ?? '' });
    },
    /** Counts a request that was rejected without becoming a postback. */
    countRejected(code: RejectionCode): void {
      postbacks.inc({ status: 'rejected', code });
    },
    /** @param oldestId of the postback that came first of those that were committed together */
    observeCommit(size: number, commitMs: number, oldestId: string): void {
      batchSize.observe(size);
      commitSeconds.observe(commitMs / 1_000);
      commitTimes.add(commitMs, Date.now());
      const waitedMs = Date.now() - Date.parse(instantOfId(oldestId));
      postbackSeconds.observe(Math.max(0, waitedMs) / 1_000);
    },
    countApiRequest(status: number): void {
      apiRequests.inc({ status });
    },
    /** How long transactions of this process took in the last five minutes; null where there were none. */
    recentCommits: () => commitTimes.read(Date.now()),
    countFailure(kind: string): void {
      failures.inc({ kind });
    },
    countRemoved(kind: string, rows: number): void {
      removed.inc({ kind }, rows);
    },
    observeDelivery(result: string, ms: number): void {
      deliveries.inc({ result });
      deliverySeconds.observe(ms / 1_000);
    },
    /** Adds what is read when the metrics are asked for. */
    addGauges: (sources: GaugeSources) => addGauges(registry, sources),
  };
}
