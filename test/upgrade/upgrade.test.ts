/** A database of the first released schema is served by this version, with nothing lost. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { latestVersion, migrateWithin } from '../../src/store/database/migrate.ts';
import { createTestDatabase } from '../support/database.ts';
import { startTestServerOn } from '../support/server.ts';

/** What was released stays as it was: others have run it. */
const released: Record<string, string> = {
  '0001-accounts-calls-postbacks.sql': '0749f3e49687292309224d57389334a5d9b9e704ceea2235ab97d1f559402d45',
};

test('a migration that was released is never changed', async () => {
  for (const [name, sum] of Object.entries(released)) {
    const text = await readFile(new URL(`../../src/store/migrations/${name}`, import.meta.url));
    expect(createHash('sha256').update(text).digest('hex'), name).toBe(sum);
  }
});

test('calls, log, keys, transaction ids and queued updates of the first schema live on', async () => {
  const database = await createTestDatabase({ isEmpty: true });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await migrateWithin(client, 1);
  await client.query(await readFile(new URL('first-schema.sql', import.meta.url), 'utf8'));
  await client.end();
  const tables = ['account', 'api_token', 'auth_key', 'call', 'call_event', 'incoming_webhook', 'postback'];
  const countAll = () =>
    Promise.all(
      tables.map(
        async (table) => (await database.query(`select count(*)::int as n from ${table}`))[0]?.['n'],
      ),
    );
  const before = await countAll();

  const server = await startTestServerOn(database);
  onTestFinished(async () => {
    await server.stop();
    await database.drop();
  });
  expect(await database.query('select max(version) as version from schema_version')).toEqual([
    { version: latestVersion() },
  ]);
  expect(await countAll()).toEqual(before);

  expect(await server.readCall('done')).toMatchObject({
    ...{ state: 'completed', phone_number: '+12135550142', campaign: 'Roofing', payout_status: 'held' },
    ...{ revenue_paid_out: '12.3456', publisher_paid_out: '8.00', reason: 'sold', tags: { deal: 'won' } },
  });
  expect((await server.api('GET', '/account')).json).toMatchObject({
    name: 'Acme',
    time_zone: 'America/New_York',
  });
  const { items } = (await server.api('GET', '/postbacks')).json;
  expect(items.map(({ status }: { status: string }) => status)).toEqual([
    'rejected',
    'queued',
    'queued',
    'applied',
  ]);
  const timeline = (await server.api('GET', '/calls/done/timeline')).json.items;
  expect(timeline.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['created', 'postback']);

  const webhook = { id: '', auth_key: 'rbk_old', url: `${server.url}/update-fields` };
  const repeat = await server.post(webhook, {
    call_log_id: 'done',
    reason: 'sold',
    transaction_id: 'order-77',
  });
  expect(repeat.json).toMatchObject({ status: 'applied', duplicate: true });
  // In the order in which they were received, and a new one behind them.
  await server.post(webhook, { call_log_id: 'live', add: { deal: 'lost' } });
  const completed = (await server.api('POST', '/calls/live/complete', {})).json;
  expect(completed).toMatchObject({ revenue_paid_out: '7.00', reason: 'second', tags: { deal: 'lost' } });
  expect(completed.queued_updates).toBe(0);
});
