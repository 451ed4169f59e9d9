/** Requests that change many deliveries meet other transactions that change the same ones in another order. */
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startReceiver } from '../support/programs/receiver.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const incoming = useWebhook(server);

let made = 0;

/** A paused webhook with an event of each of two calls, and their deliveries, the older one first. */
async function pausedWithTwo(): Promise<{ id: string; deliveries: string[] }> {
  made += 1;
  const { json } = await server.api('POST', '/webhooks/outgoing', {
    ...{ name: 'Deadlock', url: (await startReceiver()).url, events: ['call.revenue_changed'] },
  });
  await server.api('PATCH', `/webhooks/outgoing/${json.id}`, { paused: true });
  for (const n of [1, 2]) {
    await server.createCall(`${made} ${n}`);
    await server.post(incoming, { call_log_id: `${made} ${n}`, revenue_paid_out: n });
  }
  const list = async () => (await server.api('GET', `/deliveries?webhook_id=${json.id}`)).json.items;
  await expect.poll(async () => (await list()).length).toBe(2);
  return { id: json.id, deliveries: (await list()).map((one: { id: string }) => one.id).reverse() };
}

/** Another transaction that takes the second delivery, and then, while the request waits for it, the first one. */
async function crossWith(deliveries: string[], request: () => Promise<{ status: number }>) {
  const other = new pg.Client({ connectionString: server.database.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('begin');
  const take = (id: string | undefined) =>
    other.query('select from delivery where delivery_id = $1 for update', [id]);
  await take(deliveries[1]);
  const answer = request();
  const countWaiting = () =>
    server.database.query(
      `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
  await expect.poll(countWaiting, { interval: 10 }).toEqual([{ count: 1 }]);
  // The database ends the one that has waited for a second: the request, unless this machine stalled meanwhile.
  await take(deliveries[0]).catch(() => {});
  await other.query('rollback');
  return (await answer).status;
}

const requests: [string, (id: string) => Promise<{ status: number }>, number][] = [
  [
    'replay',
    (id) =>
      server.api('POST', `/webhooks/outgoing/${id}/replay`, {
        ...{ from: '2020-01-01', to: '2099-01-01', status: ['pending'] },
      }),
    202,
  ],
  ['resume', (id) => server.api('PATCH', `/webhooks/outgoing/${id}`, { paused: false, resume: 'all' }), 200],
  ['delete', (id) => server.api('DELETE', `/webhooks/outgoing/${id}`), 204],
];

// A worker of Citus ends a wait for a lock before PostgreSQL looks for a deadlock.
const testDeadlocks = test.skipIf(inject('citusWorkers').length > 0);

testDeadlocks.each(requests)(
  '%s of many deliveries runs again after a deadlock',
  async (_what, request, status) => {
    // In which order the request takes them is up to the database: one of the two orders is the other way round.
    for (const isReversed of [false, true]) {
      const { id, deliveries } = await pausedWithTwo();
      const order = isReversed ? deliveries.reverse() : deliveries;
      expect(await crossWith(order, () => request(id))).toBe(status);
    }
  },
);
