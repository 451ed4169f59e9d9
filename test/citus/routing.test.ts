/** On Citus alone (`npm run test:citus`): where statements run, and what a migration does with its tables. */
import pg from 'pg';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { distributeNew } from '../../src/store/maintenance/distribute.ts';
import { writerStatements } from '../../src/store/writer/write-postbacks.ts';
import { createTestDatabase } from '../support/database.ts';
import { oneShard, readPlan, severalSteps } from './plans.ts';

const accountId = '0199aaaa-0000-7000-8000-000000000001';
const id = '0199bbbb-0000-7000-8000-000000000001';
const ids = `{${id}}`;
const now = '2026-01-02T03:04:05.000Z';

/** Values of one use of each statement. */
const valuesOf: Record<string, string[]> = {
  'read-revisions': [accountId, ids],
  'match-phones': [
    accountId,
    `[{"postback_id":"${id}","phone_number":"+1","from_at":"${now}","to_at":"${now}"}]`,
  ],
  'read-other-ids': [accountId, '{a}'],
  'lock-calls': [accountId, '{a}'],
  'lock-free-calls': [accountId, '{a}'],
  'read-known-calls': [accountId, '{a}'],
  'read-prior': [accountId, '{t}'],
  'read-committed': [accountId, ids],
  'lock-kept': [accountId, ids],
  'write-calls': [accountId, '[{"call_log_id":"a","converted":true,"tags":{}}]', now],
  'cancel-postbacks': [accountId, ids],
  'remove-kept': [accountId, ids],
  'log-postbacks': [accountId, `[{"id":"${id}","status":"applied","update":{},"request":{}}]`, now],
  'mark-replayed': [accountId, ids, now],
  'read-senders': [accountId, ids],
  'lock-undoable': [accountId, ids],
  'read-histories': [accountId, '{a}'],
};

const ofTables = writerStatements.filter(({ text }) =>
  /\b(?:from|update|into|join) (?:call|postback|incoming)/.test(text),
);

describe.skipIf(inject('citusWorkers').length === 0)('on Citus (skipped: no addresses of workers)', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return async () => {
      await client.end();
      await database.drop();
    };
  });

  test.each(ofTables)('$name runs on the shard of its account alone', async ({ name, text }) => {
    const values = valuesOf[name];
    if (values === undefined) throw new Error(`give ${name} values in this file`);
    const plan = await readPlan(client, text, values);
    expect(plan).toMatch(oneShard);
    expect(plan).not.toMatch(severalSteps);
  });

  test('a table that a migration makes is distributed with the others', async () => {
    await client.query('create table made_later (account_id uuid primary key)');
    onTestFinished(async () => void (await client.query('drop table made_later')));
    await distributeNew(client);
    const { rows } = await client.query(
      `select partmethod from pg_dist_partition where logicalrelid = 'made_later'::regclass`,
    );
    expect(rows).toEqual([{ partmethod: 'n' }]); // a reference table, on every node
  });
});
