/**
 * The service that many write by hand: Express and pg, one transaction a request (`transaction`), or all of it in
 * one prepared statement (`statement`). Same tables and indexes as Ringback's, same content of the log row, and the
 * answer after the commit. It checks less: it trusts that values are well formed, calls completed, ids not repeated.
 */
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import pg from 'pg';
import { makeOrderedId } from '../src/ordered-id.ts';

/** Of 10 (pg's default), 20 and 40, this was the fastest on 2 cores. */
const connectionsMax = 20;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: connectionsMax });

type Payload = {
  call_log_id: string;
  converted: boolean;
  revenue_paid_out: string;
  publisher_paid_out: string;
  add: Record<string, string>;
  transaction_id: string;
};
type Answer = { status: number; body: object };

const keyText = 'select account_id, webhook_id from auth_key where key_hash = $1';
const callText = 'select * from call where account_id = $1 and call_log_id = $2 for update';
const updateText = `update call set converted = $3, call_converted_at = $4, revenue_paid_out = $5,
  publisher_paid_out = $6, tags = $7, updated_at = now() where account_id = $1 and call_log_id = $2`;
const insertText = `insert into postback (account_id, postback_id, webhook_id, received_at, applied_at, first_status,
  status, call_log_id, matched_by, candidates, transaction_id, is_dry_run, source_ip, request, update, changes)
  values ($1, $2, $3, $4, now(), 'applied', 'applied', $5, 'call_log_id', 1, $6, false, $7, $8, $9, $10)`;

async function takeInTransaction(request: Request, payload: Payload): Promise<Answer> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const key = (await client.query(keyText, [keyHashOf(request)])).rows[0];
    if (!key) return await reject(client, 401);
    const call = (await client.query(callText, [key.account_id, payload.call_log_id])).rows[0];
    if (!call) return await reject(client, 404);
    const postbackId = makeOrderedId();
    const receivedAt = new Date();
    const convertedAt = call.call_converted_at ?? receivedAt;
    const {
      call_log_id: callLogId,
      converted,
      revenue_paid_out: revenue,
      publisher_paid_out: payout,
    } = payload;
    const changes = {
      converted: { from: call.converted, to: converted },
      call_converted_at: { from: call.call_converted_at, to: convertedAt },
      revenue_paid_out: { from: call.revenue_paid_out, to: revenue },
      publisher_paid_out: { from: call.publisher_paid_out, to: payout },
      'tags.deal': { from: call.tags.deal ?? null, to: payload.add['deal'] },
    };
    const tags = { ...call.tags, ...payload.add };
    await client.query(updateText, [
      key.account_id,
      callLogId,
      converted,
      convertedAt,
      revenue,
      payout,
      tags,
    ]);
    await client.query(insertText, [
      ...[key.account_id, postbackId, key.webhook_id, receivedAt, callLogId, payload.transaction_id],
      ...[request.ip, recordOf(request), updateOf(payload), changes],
    ]);
    await client.query('commit');
    return { status: 200, body: answerOf(postbackId, callLogId, changes) };
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const oneStatement = `
with key as (select account_id, webhook_id from auth_key where key_hash = $1),
old as (
  select c.*, key.webhook_id from key join call c on c.account_id = key.account_id and c.call_log_id = $2 for update of c
),
new as (
  update call c set converted = $3, call_converted_at = coalesce(old.call_converted_at, $4), revenue_paid_out = $5,
    publisher_paid_out = $6, tags = old.tags || $7, updated_at = now()
  from old where c.account_id = old.account_id and c.call_log_id = old.call_log_id
  returning c.account_id, c.call_log_id, old.webhook_id, json_build_object(
    'converted', json_build_object('from', old.converted, 'to', c.converted),
    'call_converted_at', json_build_object('from', old.call_converted_at, 'to', c.call_converted_at),
    'revenue_paid_out', json_build_object('from', old.revenue_paid_out, 'to', c.revenue_paid_out),
    'publisher_paid_out', json_build_object('from', old.publisher_paid_out, 'to', c.publisher_paid_out),
    'tags.deal', json_build_object('from', old.tags -> 'deal', 'to', c.tags -> 'deal')) as changes
)
insert into postback (account_id, postback_id, webhook_id, received_at, applied_at, first_status, status, call_log_id,
  matched_by, candidates, transaction_id, is_dry_run, source_ip, request, update, changes)
select account_id, $8, webhook_id, $4, now(), 'applied', 'applied', call_log_id,
  'call_log_id', 1, $9, false, $10, $11, $12, changes from new
returning changes`;

async function takeInOneStatement(request: Request, payload: Payload): Promise<Answer> {
  const postbackId = makeOrderedId();
  const { rows } = await pool.query({
    name: 'take-postback',
    text: oneStatement,
    values: [
      ...[keyHashOf(request), payload.call_log_id, payload.converted, new Date()],
      ...[payload.revenue_paid_out, payload.publisher_paid_out, payload.add, postbackId],
      ...[payload.transaction_id, request.ip, recordOf(request), updateOf(payload)],
    ],
  });
  if (!rows[0]) return { status: 404, body: { error: 'not found' } };
  return { status: 200, body: answerOf(postbackId, payload.call_log_id, rows[0].changes) };
}

async function reject(client: pg.PoolClient, status: number): Promise<Answer> {
  await client.query('rollback');
  return { status, body: { error: 'not found' } };
}

function keyHashOf(request: Request): Buffer {
  return createHash('sha256')
    .update(request.get('x-auth-key') ?? '')
    .digest();
}

function recordOf(request: Request): object {
  const { 'x-auth-key': _key, ...headers } = request.headers;
  return { method: request.method, query: request.query, headers, body: request.body };
}

function updateOf({ call_log_id: _id, transaction_id: _transaction, ...update }: Payload): object {
  return update;
}

function answerOf(postbackId: string, callLogId: string, changes: object): object {
  return {
    ...{ postback_id: postbackId, status: 'applied', duplicate: false, call_log_id: callLogId },
    ...{ matched_by: 'call_log_id', candidates: 1, changes, ignored: [] },
  };
}

const take = process.argv[2] === 'statement' ? takeInOneStatement : takeInTransaction;
const app = express();
app.use(express.json());
app.post('/update-fields', async (request, response) => {
  const { status, body } = await take(request, request.body);
  response.status(status).json(body);
});
const server = app.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
