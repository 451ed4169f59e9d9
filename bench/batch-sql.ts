/** The limit of the database: the batch writer's own SQL, fed with ready-made batches and no HTTP. */

import { writerDefaults } from '../src/ingest/writer.ts';
import { openDb } from '../src/store/database/connections/db.ts';
import { writePostbacks } from '../src/store/writer/write-postbacks.ts';
import { answerRuns, type ScriptTarget, Tally } from './driver.ts';
import { drawCall, makePayload } from './payload.ts';
import { findWebhook, makePostback } from './ready-postback.ts';

const { lanes, batchMax } = writerDefaults;
const mode = { mayHaveCommitted: false, isAtomic: false, skipsLocked: false };
const db = openDb({ connectionString: process.env['DATABASE_URL'] ?? '' }, lanes, (error) =>
  console.error(error),
);
process.on('disconnect', () => process.exit());

answerRuns<ScriptTarget>(async ({ authKey, calls, seconds, runId }) => {
  const webhook = await findWebhook(db, authKey);
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
