/** Statements that travel together: what they carry arrives as it is, and what cannot be made into bytes is not sent. */
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeDb, type Db, openDb } from '../../src/store/database/connections/db.ts';
import {
  copyField,
  notNull,
  prepareStatements,
  Query,
  type Statement,
  sendTogether,
} from '../../src/store/database/statements/round-trip.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const begin = { name: 'begin', text: 'begin' };
const insert = { name: 'insert', text: 'insert into note values ($1)' };
const copy = { name: 'copy', text: 'copy note from stdin' };
const fail = { name: 'fail', text: 'select 1 / $1::int' };
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

afterEach(() => database.query('delete from note'));

afterAll(async () => {
  await closeDb(db);
  await database.drop();
});

/** On a separate connection, to which the statements are new. */
async function onConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.writer.connect();
  try {
    await prepareStatements(client, [begin, insert, copy, fail, commit]);
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

const texts = ['', 'é 😀', '\\N', '\\.', 'a\tb\nc\rd\\', '"', "'", '{x,"y"}', 'x'.repeat(100_000)];

test('every text arrives as it is, as a value and as a row of COPY', async () => {
  const lines = texts.map(copyField);
  await onConnection((client) =>
    sendTogether(client, [
      ...[new Query(begin), ...texts.map((text) => new Query(insert, [text]))],
      ...[new Query(copy, [], lines), new Query(insert, ['\ud800']), new Query(commit)],
    ]),
  );
  const stored = (await notes()).map(({ text }) => text);
  expect(stored.toSorted()).toEqual([...texts, ...texts, '\ufffd'].toSorted());
});

test('the rows of a COPY behind a statement that fails are dropped, and the connection goes on', async () => {
  await onConnection(async (client) => {
    const failing = [
      new Query(begin),
      new Query(fail, ['0']),
      new Query(copy, [], ['lost']),
      new Query(commit),
    ];
    await expect(sendTogether(client, failing)).rejects.toThrow('division by zero');
    await client.query('rollback');
    await sendTogether(client, [new Query(copy, [], ['kept'])]);
  });
  expect(await notes()).toEqual([{ text: 'kept' }]);
});

test('one that cannot be encoded fails at once, and what was before it is not written', async () => {
  await expect(write(['before'], unsendable, ['after'])).rejects.toThrow(/must be of type string/);
  expect(await notes()).toEqual([]);
  await write(['next']);
  expect(await notes()).toEqual([{ text: 'next' }]);
});

test('one that waits for another on its connection fails alone', async () => {
  const sent = await onConnection((client) =>
    Promise.allSettled(
      [['first'], unsendable, ['behind']].map((each) => sendTogether(client, [new Query(insert, each)])),
    ),
  );
  expect(sent.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await notes()).toEqual([{ text: 'behind' }, { text: 'first' }]);
});

test('null in a column that is never null fails the trip instead of becoming a value', async () => {
  const name: Statement<string> = {
    name: 'null-name',
    text: 'select null::text',
    readRow: ([text]) => notNull(text),
  };
  await expect(
    onConnection(async (client) => {
      await prepareStatements(client, [name]);
      await sendTogether(client, [new Query(name)]);
    }),
  ).rejects.toThrow('never null');
});
