/** The limit of the database: the batch writer's own SQL, fed with ready-made batches and no HTTP. */

import { hashSecret } from '../src/core/access/secret.ts';
import type { Postback } from '../src/core/updates/postback.ts';
import { writerDefaults } from '../src/ingest/writer.ts';
import { makeOrderedId } from '../src/ordered-id.ts';
import { openDb } from '../src/store/database/connections/db.ts';
import { findWebhookByKey } from '../src/store/webhooks/webhook-keys.ts';
import type { KeyedWebhook } from '../src/store/webhooks/webhook-rows.ts';
import { writePostbacks } from '../src/store/writer/write-postbacks.ts';
import { answerRuns, type ScriptTarget, Tally } from './driver.ts';
import { drawCall, makePayload } from './payload.ts';

const { lanes, batchMax } = writerDefaults;
const mode = { mayHaveCommitted: false, isAtomic: false, skipsLocked: false };
const db = openDb({ connectionString: process.env['DATABASE_URL'] ?? '' }, lanes, (error) =>
  console.error(error),
);
process.on('disconnect', () => process.exit());

answerRuns<ScriptTarget>(async ({ authKey, calls, seconds, runId }) => {
  const webhook = await findWebhookByKey(db, hashSecret(authKey), new Date().toISOString(), new Map());
  if (webhook === null) throw new Error('the webhook is not in the database');
  let made = 0;
  // A call stays in its lane, as with the batch writer: batches that share calls would wait for each other's locks.
  const makeBatch = (lane: number) =>
    Array.from({ length: batchMax }, () => {
      const n = drawCall(Math.floor(calls / lanes)) * lanes - lane;
      return makePostback(webhook, makePayload(n, `${runId}-${++made}`));
    });
  const tally = new Tally(seconds);
  const runLane = async (lane: number) => {
    while (!tally.isOver()) {
      const batch = makeBatch(lane);
      const startMs = performance.now();
      const results = await writePostbacks(db, webhook.accountId, batch, mode, new Date().toISOString());
      const done = results.filter(
        (result) => typeof result === 'object' && result.status !== 'rejected',
      ).length;
      tally.add(200, startMs, done);
      if (done < batch.length) tally.add(500, startMs, batch.length - done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  return tally.result();
});

/** What the HTTP side would hand to the writer for this payload. */
function makePostback(webhook: KeyedWebhook, payload: string): Postback {
  const { call_log_id: callLogId, add, transaction_id: transactionId, ...set } = JSON.parse(payload);
  const { accountId, webhookId, revision, matchWindowHours, matchRule } = webhook;
  return {
    accountId,
    postbackId: makeOrderedId(),
    receivedAt: new Date().toISOString(),
    sender: { webhookId, revision, matchWindowHours, matchRule },
    sourceIp: '127.0.0.1',
    request: `{"method":"POST","query":{},"headers":{"host":"127.0.0.1:8080","user-agent":"ringback-bench","content-type":"application/json","content-length":"${payload.length}"},"body":${payload}}`,
    target: { callLogId },
    update: { set, add, remove: [] },
    transactionId,
    isDryRun: false,
    ignored: [],
    rejection: null,
  };
}
