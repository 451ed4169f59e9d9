/** Statements that cannot be made into bytes: their caller gets the error at once, and nothing of them is done. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDb, type Db, openDb } from '../../src/store/database/db.ts';
import { prepareStatements, Query, sendTogether } from '../../src/store/database/round-trip.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const begin = { name: 'begin', text: 'begin' };
const insert = { name: 'insert', text: 'insert into note values ($1)' };
const commit = { name: 'commit', text: 'commit' };
/** A list of texts for the compiler only: the driver cannot encode a number. */
const unsendable: string[] = JSON.parse('[1]');

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query('create table note (text text)');
  db = openDb({ connectionString: database.url }, 1, () => {});
});

afterAll(async () => {
  await closeDb(db);
  await database.drop();
});

async function write(...values: string[][]): Promise<void> {
  const client = await db.writer.connect();
  let failure: Error | undefined;
  try {
    await prepareStatements(client, [begin, insert, commit]);
    const inserts = values.map((each) => new Query(insert, each));
    await sendTogether(client, [new Query(begin), ...inserts, new Query(commit)]);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw failure;
  } finally {
    client.release(failure);
  }
}

const notes = () => database.query('select text from note order by text');

test('one that cannot be encoded fails at once, and what was before it is not written', async () => {
  await expect(write(['before'], unsendable, ['after'])).rejects.toThrow(/must be of type string/);
  expect(await notes()).toEqual([]);
  await write(['next']);
  expect(await notes()).toEqual([{ text: 'next' }]);
});

test('one that waits for another on its connection fails, and so do those behind it', async () => {
  const client = await db.writer.connect();
  await prepareStatements(client, [begin, insert, commit]);
  const [before, failed, behind] = await Promise.allSettled([
    sendTogether(client, [new Query(insert, ['first'])]),
    sendTogether(client, [new Query(insert, unsendable)]),
    sendTogether(client, [new Query(insert, ['behind'])]),
  ]);
  client.release(true);
  expect([before.status, failed.status, behind.status]).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await notes()).toEqual([{ text: 'first' }, { text: 'next' }]);
});
