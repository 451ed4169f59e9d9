/** Statements that cannot be made into bytes: their caller gets the error at once, and nothing of them is done. */
import type pg from 'pg';
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

/** On a connection of its own, to which the statements are new. */
async function onConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.writer.connect();
  try {
    await prepareStatements(client, [begin, insert, commit]);
    return await work(client);
  } finally {
    client.release(true);
  }
}

function write(...values: string[][]): Promise<void> {
  const inserts = values.map((each) => new Query(insert, each));
  return onConnection((client) => sendTogether(client, [new Query(begin), ...inserts, new Query(commit)]));
}

const notes = () => database.query('select text from note order by text');

test('one that cannot be encoded fails at once, and what was before it is not written', async () => {
  await expect(write(['before'], unsendable, ['after'])).rejects.toThrow(/must be of type string/);
  expect(await notes()).toEqual([]);
  await write(['next']);
  expect(await notes()).toEqual([{ text: 'next' }]);
});

test('one that waits for another on its connection fails, and so do those behind it', async () => {
  const [before, failed, behind] = await onConnection((client) =>
    Promise.allSettled(
      [['first'], unsendable, ['behind']].map((each) => sendTogether(client, [new Query(insert, each)])),
    ),
  );
  expect([before?.status, failed?.status, behind?.status]).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await notes()).toEqual([{ text: 'first' }, { text: 'next' }]);
});
