/** Imports that break off in the middle: sent again, each row is done once. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { DatabaseProxy } from '../support/database/database-proxy.ts';
import { createTestDatabase, lockOfCalls, type TestDatabase } from '../support/database.ts';
import {
  makeFolder,
  RunningProcess,
  ringback,
  runRingback,
  startRingback,
} from '../support/programs/process.ts';
import { startTestServer, startTestServerOn, type TestServer } from '../support/server.ts';

const token = 'test-admin-token-0001';
const rowsOfFile = 3_000;
/** The import cannot pass the row whose call is held, nor many behind it. */
const heldRow = 1_000;

async function makeDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** Calls C1 to C3000, and a file with a row for each. */
async function makeFile(database: TestDatabase): Promise<string> {
  await database.query(
    `insert into call (account_id, call_log_id, state, started_at, converted, tags, created_at, updated_at)
     select account_id, 'C' || n, 'completed', now(), false, '{}', now(), now()
     from account, generate_series(1, ${rowsOfFile}) n`,
  );
  const file = join(await makeFolder(), 'statement.csv');
  const rows = Array.from({ length: rowsOfFile }, (_, at) => `C${at + 1},${at + 1}.25\n`);
  await writeFile(file, `Call,Payout\n${rows.join('')}`);
  return file;
}

/** Holds the call of one row, so that a test can strike while the import is in the middle. */
async function holdCall(database: TestDatabase): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => {}); // a test that failed drops the database below it
  await client.connect();
  await client.query('begin');
  await client.query(await lockOfCalls(database, [`C${heldRow}`]));
  let releasing: Promise<void> | undefined;
  const release = () => {
    releasing ??= client.end();
    return releasing;
  };
  onTestFinished(release);
  return release;
}

function importArgs(file: string, url: string): string[] {
  const map = ['--map', 'Call=call_log_id', '--map', 'Payout=publisher_paid_out'];
  return ['import', file, '--url', url, '--token', token, ...map];
}

async function countDone(database: TestDatabase): Promise<number> {
  const [row] = await database.query(`select count(*)::int as n from postback where status = 'applied'`);
  return Number(row?.['n']);
}

/** Runs the import once more, to its end; every row is done once and answered. */
async function finish(database: TestDatabase, file: string, url: string): Promise<void> {
  const doneBefore = await countDone(database);
  expect(doneBefore).toBeGreaterThan(0);
  expect(doneBefore).toBeLessThan(rowsOfFile);
  const { code, stderr } = await runRingback(importArgs(file, url));
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('broke off')]);
  const [counts] = await database.query(
    `select count(*)::int as all, count(distinct transaction_id)::int as rows, count(distinct call_log_id)::int as calls
     from postback where status = 'applied'`,
  );
  expect(counts).toEqual({ all: rowsOfFile, rows: rowsOfFile, calls: rowsOfFile });
  const wrong = await database.query(
    `select call_log_id from call where publisher_paid_out is distinct from substr(call_log_id, 2)::numeric + 0.25`,
  );
  expect(wrong).toEqual([]);
  const lines = (await readFile(`${file}.results.csv`, 'utf8')).trimEnd().split('\n').slice(1);
  expect(lines).toHaveLength(rowsOfFile);
  // What was under way when the client was killed is finished after the count.
  expect(lines.filter((line) => line.split(',')[5] === 'yes').length).toBeGreaterThanOrEqual(doneBefore);
}

test.each([
  ['SIGKILL', null, ''],
  ['SIGINT', 2, 'The import broke off: it was stopped.\nRun the same command again: no row is done twice'],
] as const)(
  'a client that ends by %s is run again, and no row is done twice',
  async (signal, exitCode, said) => {
    const database = await makeDatabase();
    const server = await startTestServerOn(database);
    onTestFinished(() => server.stop());
    const file = await makeFile(database);
    const release = await holdCall(database);
    const client = new RunningProcess([ringback, ...importArgs(file, server.url)], {});
    await expect.poll(() => countDone(database)).toBeGreaterThan(300);
    client.signal(signal);
    const { code, stderr } = await client.end();
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(said)]);
    await release();
    await finish(database, file, server.url);
  },
  120_000,
);

test('a server that is killed is started again, and no row is done twice', { timeout: 120_000 }, async () => {
  const database = await makeDatabase();
  const env = { DATABASE_URL: database.url, DATA_DIR: join(await makeFolder(), 'data'), ADMIN_TOKEN: token };
  const first = await startRingback(env);
  const file = await makeFile(database);
  const release = await holdCall(database);
  const client = new RunningProcess([ringback, ...importArgs(file, first.url)], {});
  await expect.poll(() => countDone(database)).toBeGreaterThan(300);
  first.running.signal('SIGKILL');
  const { code, stderr } = await client.end();
  expect(code).toBe(2);
  expect(stderr).toMatch(/broke off[\s\S]*Run the same command again: no row is done twice/);
  await release();
  const second = await startRingback(env);
  await finish(database, file, second.url);
});

type Duplex = { request: ClientRequest; lines: AsyncIterator<string> };

/** An import whose body is written as the test goes on. */
async function openImport(server: TestServer, begin: string, query = ''): Promise<Duplex> {
  const sending = request(`${server.url}/api/v1/imports?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/x-ndjson' },
  });
  sending.on('error', () => {}); // the server may hang up
  const answered = once(sending, 'response');
  sending.write(begin);
  const [response]: IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('no response');
  return { request: sending, lines: createInterface({ input: response })[Symbol.asyncIterator]() };
}

test('rows are answered while the file is still being sent', async () => {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  await server.createCall('D1');
  const rowOf = (amount: number) => `${JSON.stringify({ call_log_id: 'D1', revenue_paid_out: amount })}\n`;
  const { request: sending, lines } = await openImport(server, rowOf(1));
  for (const row of [1, 2, 3]) {
    const { value } = await lines.next();
    expect(JSON.parse(value)).toMatchObject({ row, status: 'applied' });
    if (row < 3) sending.write(rowOf(row + 1));
  }
  sending.end();
  const { value } = await lines.next();
  expect(JSON.parse(value)).toMatchObject({ summary: { rows: 3, applied: 3 } });
  expect((await lines.next()).done).toBe(true);
});

test('an import waits for a database that comes back, and then goes on', async () => {
  const database = await makeDatabase();
  const proxy = await DatabaseProxy.start(database.url);
  onTestFinished(() => proxy.stop());
  const server = await startTestServerOn(database, { databaseUrl: proxy.url });
  onTestFinished(() => server.stop());
  await server.createCall('D1');
  const { request: sending, lines } = await openImport(server, '{"call_log_id":"D1","reason":"before"}\n');
  await lines.next();
  proxy.goDown();
  sending.end('{"call_log_id":"D1","reason":"after"}\n');
  const givenUp = /ringback_write_failures_total\{kind="retry"\} ([6-9]|\d\d)/; // the writer's own tries
  const failures = async () => (await server.request('/metrics')).text;
  await expect.poll(failures, { timeout: 20_000, interval: 100 }).toMatch(givenUp);
  proxy.comeBack();
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ row: 2, status: 'applied' });
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ summary: { applied: 2, rejected: 0 } });
});

test('a server that stops finishes what it has read, says so, and waits for no more', async () => {
  const server = await startTestServer();
  await server.createCall('D1');
  const begin = '{"call_log_id":"D1","reason":"x"}\n{"call_log_id"';
  const { lines } = await openImport(server, begin, 'import_key=k');
  const { value: first } = await lines.next();
  expect(JSON.parse(first)).toMatchObject({ status: 'applied' });
  const stopped = server.stop();
  const { value: last } = await lines.next();
  expect(JSON.parse(last)).toMatchObject({
    error: {
      code: 'store_unavailable',
      detail: expect.stringMatching(/shutting down.*no row is done twice/s),
    },
    summary: { rows: 1, applied: 1 },
  });
  await stopped;
});

test('a body that ends early does not do the row that it cuts', async () => {
  const database = await makeDatabase();
  const server = await startTestServerOn(database);
  await server.createCall('D1');
  const begin = '{"call_log_id":"D1","reason":"whole"}\n{"call_log_id":"D1","reason":"cut"}';
  const { request: sending, lines } = await openImport(server, begin);
  await lines.next();
  sending.destroy();
  await server.stop(); // when all that came in is done
  expect(await database.query('select reason from call')).toEqual([{ reason: 'whole' }]);
  expect(await database.query('select count(*)::int as postbacks from postback')).toEqual([{ postbacks: 1 }]);
});
