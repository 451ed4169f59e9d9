/** On Citus alone: migrations run on tables that are distributed already. */
import { expect, inject, onTestFinished, test } from 'vitest';
import { withLongSession } from '../../src/store/database/connections/long-session.ts';
import { lockMigrations, migrate, migrateWithin } from '../../src/store/database/migrate.ts';
import { distribute } from '../../src/store/maintenance/distribute.ts';
import { makeNodes } from '../support/database/citus.ts';
import { readFrom, runOn, withDatabase } from '../support/database/databases.ts';
import { startTestServerOn } from '../support/server.ts';

test.skipIf(inject('citusWorkers').length === 0)(
  'an installation that was distributed at schema version 21 goes on after the upgrade (skipped: no addresses of workers)',
  async () => {
    const [coordinator, workers] = [inject('templateUrl'), inject('citusWorkers')];
    const name = `test_upgraded_${Date.now()}`;
    onTestFinished(async () => {
      for (const node of [coordinator, ...workers])
        await runOn(withDatabase(node, 'postgres'), `drop database ${name} with (force)`);
    });
    const url = await makeNodes(coordinator, workers, name);
    await withLongSession(url, async (client) => {
      await client.query('begin');
      await lockMigrations(client);
      await migrateWithin(client, 21);
      await client.query('commit');
      await distribute(client);
    });
    expect((await migrate(url)).map(({ version }) => version)).toContain(27);

    const database = { url, query: (sql: string) => readFrom(url, sql), drop: async () => {} };
    const server = await startTestServerOn(database);
    onTestFinished(server.stop);
    const webhook = await server.createWebhook();
    await server.createCall('live', { state: 'live' });
    await server.createCall('done');
    for (const reason of ['first', 'second', 'last'])
      expect((await server.post(webhook, { call_log_id: 'live', reason })).json.status).toBe('queued');
    expect((await server.post(webhook, { call_log_id: 'done', reason: 'x' })).json.status).toBe('applied');
    const positions = await database.query(
      'select queue_position is not null as is_placed from postback order by queue_position nulls last',
    );
    expect(positions.map((row) => row['is_placed'])).toEqual([true, true, true, false]);
    expect((await server.api('POST', '/calls/live/complete', {})).json.reason).toBe('last');
  },
);
