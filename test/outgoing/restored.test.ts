/** Outgoing webhooks of a restored backup go on where the backup was taken. */
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { latestVersion } from '../../src/store/database/migrate.ts';
import { restoreBackup } from '../../src/store/maintenance/backup/restore-backup.ts';
import { writeBackup } from '../../src/store/maintenance/backup/write-backup.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startReceiver } from '../support/programs/receiver.ts';
import { startTestServerOn } from '../support/server.ts';
import { startTestWriter } from '../support/test-writer.ts';

async function openDatabase(options: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  onTestFinished(() => database.drop());
  return database;
}

/** Into a database of the same cluster: it has seen more transactions than the one of the backup. */
async function restoreCopy({ url }: TestDatabase): Promise<TestDatabase> {
  const out = new PassThrough();
  const options = { url, ringback: '0.0.1', takenAt: () => new Date().toISOString(), onTable: () => {} };
  const [bytes] = await Promise.all([buffer(out), writeBackup(options, out)]);
  const copy = await openDatabase({ isEmpty: true });
  await restoreBackup(copy.url, Readable.from([bytes]), latestVersion(), () => {});
  return copy;
}

test('outgoing webhooks of a restored backup go on where it was taken, whatever its new database has seen', async () => {
  const database = await openDatabase();
  const [early, late] = [await startReceiver(), await startReceiver()];
  const before = await startTestServerOn(database);
  const subscribe = (url: string) =>
    before.api('POST', '/webhooks/outgoing', { name: 'x', url, events: ['call.revenue_changed'] });
  await subscribe(early.url);
  const webhook = await before.createWebhook();
  await before.createCall('a');
  await before.post(webhook, { call_log_id: 'a', revenue_paid_out: '1' });
  await early.wait(1);
  // Beyond what clocks may differ by.
  await database.query(`update postback set written_at = now() - interval '5 seconds'`);
  await subscribe(late.url);
  await before.stop();
  // A commit that no pass has read yet.
  const writer = await startTestWriter(database.url);
  await writer.send(writer.postback('a', { revenue_paid_out: '2.00' }));
  await writer.close();

  const after = await startTestServerOn(await restoreCopy(database));
  onTestFinished(() => after.stop());
  await Promise.all([early.wait(2), late.wait(1)]);
  expect(early.received.map(({ json }) => json.sequence)).toEqual([1, 2]);
  expect(late.received.map(({ json }) => json.call.revenue_paid_out)).toEqual(['2.00']);
});
