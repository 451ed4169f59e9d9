/** Express and pg on the lean tables: one transaction a request (`transaction`), or one prepared statement (`statement`). */
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import { changeAndLog, changeCall, type LeanPayload, lockCall, logRequest, valuesOf } from './lean-tables.ts';

/** Of 10 (pg's default), 20 and 40, this was the fastest on 2 cores. */
const connectionsMax = 20;
const authKey = process.env['BENCH_AUTH_KEY'];
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: connectionsMax });

/** @returns false where there is no such call */
async function takeInTransaction(payload: LeanPayload): Promise<boolean> {
  const client = await pool.connect();
  try {
    const [callLogId, converted, revenue, payout, tags, transactionId] = valuesOf(payload);
    await client.query('begin');
    const isKnown = (await client.query(lockCall, [callLogId])).rows.length > 0;
    if (isKnown) {
      await client.query(changeCall, [callLogId, converted, revenue, payout, tags]);
      await client.query(logRequest, [callLogId, transactionId, payload]);
    }
    await client.query('commit');
    return isKnown;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function takeInOneStatement(payload: LeanPayload): Promise<boolean> {
  const statement = { name: 'take-postback', text: changeAndLog, values: [...valuesOf(payload)] };
  return (await pool.query(statement)).rowCount === 1;
}

const take = process.argv[2] === 'statement' ? takeInOneStatement : takeInTransaction;
const app = express();
app.use(express.json());
app.post('/update-fields', async (request, response) => {
  if (request.get('x-auth-key') !== authKey) response.status(401).json({ error: 'invalid key' });
  else if (await take(request.body)) response.json({ ok: true });
  else response.status(404).json({ error: 'unknown call' });
});
const server = app.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
