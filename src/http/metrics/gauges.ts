/** What /metrics reads at the moment it is asked: nothing here costs a postback anything. */
import { Gauge, type Registry } from 'prom-client';
import type { Backlog } from '../../store/store.ts';

/** What is known of a pool of database connections. */
type PoolState = { totalCount: number; idleCount: number; waitingCount: number };

export type GaugeSources = {
  queueDepth(): number;
  /** open connections of senders and operators */
  countConnections(): Promise<number>;
  pools: Record<string, PoolState>;
  /** reads from the database at each scrape */
  readBacklog(): Promise<Backlog>;
  version: string;
};

type Options = { name: string; help: string; aggregator?: 'max' | 'min' | 'first'; labelNames?: string[] };

export function addGauges(registry: Registry, sources: GaugeSources): void {
  const add = (options: Options, collect: (gauge: Gauge) => void | Promise<void>) => {
    new Gauge({
      ...options,
      registers: [registry],
      collect() {
        return collect(this);
      },
    });
  };
  add(
    { name: 'ringback_build_info', help: 'Always 1', aggregator: 'first', labelNames: ['version'] },
    (gauge) => gauge.set({ version: sources.version }, 1),
  );
  add({ name: 'ringback_queue_depth', help: 'Postbacks that wait for their commit' }, (gauge) =>
    gauge.set(sources.queueDepth()),
  );
  add({ name: 'ringback_http_connections', help: 'Open HTTP connections' }, async (gauge) =>
    gauge.set(await sources.countConnections()),
  );
  add(
    {
      name: 'ringback_database_connections',
      help: 'Database connections by pool (writer: postbacks; reader: all else) and state',
      labelNames: ['pool', 'state'],
    },
    (gauge) => {
      for (const [pool, { totalCount, idleCount }] of Object.entries(sources.pools)) {
        gauge.set({ pool, state: 'busy' }, totalCount - idleCount);
        gauge.set({ pool, state: 'idle' }, idleCount);
      }
    },
  );
  add(
    {
      name: 'ringback_database_waiters',
      help: 'Who waits for a database connection, by pool',
      labelNames: ['pool'],
    },
    (gauge) => {
      for (const [pool, { waitingCount }] of Object.entries(sources.pools)) gauge.set({ pool }, waitingCount);
    },
  );
  addBacklog(add, sources);
}

/** Every process counts the same rows. Where the database is away these are left out, and the first one says so. */
function addBacklog(
  add: (options: Options, collect: (gauge: Gauge) => Promise<void>) => void,
  { readBacklog }: GaugeSources,
): void {
  let reading: Promise<Backlog> | undefined;
  // One query for each scrape: whichever gauge is asked first starts it.
  const read = () => {
    reading ??= readBacklog().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const addCount = (name: string, help: string, pick: (backlog: Backlog) => number) =>
    add({ name, help, aggregator: 'max' }, (gauge) =>
      read().then(
        (backlog) => gauge.set(pick(backlog)),
        () => gauge.remove(),
      ),
    );
  add(
    { name: 'ringback_database_up', help: 'Whether the database answers: 1 or 0', aggregator: 'min' },
    (gauge) =>
      read().then(
        () => gauge.set(1),
        () => gauge.set(0),
      ),
  );
  addCount(
    'ringback_queued_updates',
    'Updates that wait for their call to complete',
    ({ queuedUpdates }) => queuedUpdates,
  );
  addCount(
    'ringback_oldest_queued_update_seconds',
    'How long the oldest of them waits; 0 where there is none',
    ({ oldestQueuedUpdateAt }) => secondsSince(oldestQueuedUpdateAt),
  );
  addCount(
    'ringback_deliveries_pending',
    'Events that outgoing webhooks have not got yet',
    ({ pendingDeliveries }) => pendingDeliveries,
  );
  addCount(
    'ringback_outgoing_webhooks_failing',
    'Outgoing webhooks that fail, or that were paused because of it',
    ({ failingWebhooks }) => failingWebhooks,
  );
  addCount('ringback_live_calls', 'Calls that have not completed', ({ liveCalls }) => liveCalls);
  addCount(
    'ringback_oldest_live_call_seconds',
    'How long ago the oldest of them started; 0 where there is none',
    ({ oldestLiveCallAt }) => secondsSince(oldestLiveCallAt),
  );
}

function secondsSince(instant: string | null): number {
  return instant === null ? 0 : Math.max(0, (Date.now() - Date.parse(instant)) / 1_000);
}
