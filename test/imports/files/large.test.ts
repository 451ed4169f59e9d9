/** A file that is large: neither it nor its answer is ever whole in memory. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../support/server.ts';

const rowCount = 12_500;
/** Each row takes it to the server and, as before and after, back. */
const reason = 'x'.repeat(450);
/** Of a column that is ignored. */
const ignored = 'x'.repeat(1_000);
/** Neither the file (18 MB) nor its response (14 MB) would fit; it grows by 3 MB. */
const heapGrowthMax = 10 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is in use, not what waits to be collected. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const server = useServer();

beforeAll(async () => {
  await server.database.query(
    `insert into call (account_id, call_log_id, state, started_at, converted, tags, created_at, updated_at)
     select account_id, 'C' || n, 'completed', now(), false, '{}', now(), now()
     from account, generate_series(0, 999) n`,
  );
});

function* makeRows(): Generator<string> {
  yield 'call_log_id,revenue_paid_out,reason,Comment\n';
  for (let row = 1; row <= rowCount; row += 1) yield `C${row % 1_000},${row},${row} ${reason},${ignored}\n`;
}

test('12,500 rows are answered in order, in little memory', { timeout: 120_000 }, async () => {
  const sending = request(`${server.url}/api/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
  });
  const answered = once(sending, 'response');
  const sent = pipeline(Readable.from(makeRows()), sending);
  const [response]: IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('no response');
  const heapBefore = heapUsed();
  let heapMost = 0;
  let answeredRows = 0;
  let answerBytes = 0;
  let last = '';
  for await (const line of createInterface({ input: response })) {
    answerBytes += line.length;
    last = line;
    if (line.startsWith('{"row":')) {
      answeredRows += 1;
      if (!line.startsWith(`{"row":${answeredRows},"line":${answeredRows + 1},"postback_id"`))
        throw new Error(`expected row ${answeredRows}: ${line.slice(0, 100)}`);
    }
    if (answeredRows % 2_500 === 0) heapMost = Math.max(heapMost, heapUsed());
  }
  await sent;
  expect(answeredRows).toBe(rowCount);
  expect(JSON.parse(last)).toMatchObject({ summary: { rows: rowCount, applied: rowCount, rejected: 0 } });
  expect(answerBytes).toBeGreaterThan(2 * rowCount * reason.length);
  expect(heapMost - heapBefore).toBeLessThan(heapGrowthMax);
});
