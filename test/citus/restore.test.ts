/** On Citus alone: a backup of a plain PostgreSQL moves to Citus, and one of Citus to another Citus. */
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { fill, readAll } from '../backup/filled-server.ts';
import { makeNodes } from '../support/database/citus.ts';
import { readFrom, runOn, withDatabase } from '../support/database/databases.ts';
import { createTestDatabase } from '../support/database.ts';
import { makeFolder, runRingback } from '../support/programs/process.ts';
import { startTestServerOn } from '../support/server.ts';

/** A database on every node into which nothing was put. */
async function openNodes(): Promise<string> {
  const [coordinator, workers] = [inject('templateUrl'), inject('citusWorkers')];
  const name = `test_restored_${Date.now()}`;
  onTestFinished(async () => {
    for (const node of [coordinator, ...workers])
      await runOn(withDatabase(node, 'postgres'), `drop database ${name} with (force)`);
  });
  return makeNodes(coordinator, workers, name);
}

/** Pages of the local table that Citus hides, and rows that all shards have. */
async function sizeOf(url: string, table: string): Promise<unknown> {
  const text = `select pg_relation_size('${table}')::int as hidden, (select count(*)::int from ${table}) as rows`;
  return (await readFrom(url, text))[0];
}

test.skipIf(inject('citusWorkers').length === 0).each([
  ['a plain PostgreSQL', true],
  ['Citus', false],
])(
  'a backup of %s is restored, then distributed, and goes on from there (skipped: no addresses of workers)',
  async (_of, isEmpty) => {
    const source = await createTestDatabase({ isEmpty });
    onTestFinished(source.drop);
    const server = await startTestServerOn(source);
    const webhook = await fill(server);
    const before = await readAll(server);
    const folder = await makeFolder();
    const file = join(folder, 'ringback.backup');
    const settings = (url: string) => ({ DATABASE_URL: url, DATA_DIR: join(folder, 'data') });
    expect(await runRingback(['backup', file], settings(source.url))).toMatchObject({ code: 0 });
    await server.stop();

    const url = await openNodes();
    expect(await runRingback(['restore', file], settings(url))).toMatchObject({ code: 0 });
    const migrated = await runRingback(['migrate', '--distributed'], settings(url));
    expect(migrated.code).toBe(0);
    expect(migrated.stdout).toMatch(
      /create_distributed_table\('call'[\s\S]*truncate_local_data\w+\('call'\)/,
    );
    expect(await sizeOf(url, 'call')).toEqual({ hidden: 0, rows: 2 });
    expect(await sizeOf(url, 'incoming_webhook')).toEqual({ hidden: 0, rows: 1 });
    const again = await runRingback(['migrate', '--distributed'], settings(url));
    expect(again.stdout).not.toMatch(/create_|truncate_/);

    const database = { url, query: (sql: string) => readFrom(url, sql), drop: async () => {} };
    const copy = await startTestServerOn(database);
    onTestFinished(copy.stop);
    expect(await readAll(copy)).toEqual(before);
    const repeat = { call_log_id: 'done', revenue_paid_out: '12.345', transaction_id: 'order-77' };
    expect((await copy.post(webhook, repeat)).json).toMatchObject({ status: 'applied', duplicate: true });
    // What waits keeps its place before what comes now.
    await copy.post(webhook, { call_log_id: 'live', revenue_paid_out: 8 });
    const completed = await copy.api('POST', '/calls/live/complete', {});
    expect(completed.json).toMatchObject({ revenue_paid_out: '8.00' });
  },
);
