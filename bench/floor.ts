/** The limit of one process: `node:http`, and behind it the batch writer with its SQL. No Fastify, and nothing is checked or mapped. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writer, writerDefaults } from '../src/ingest/writer.ts';
import { openDb } from '../src/store/database/connections/db.ts';
import { classifyFailure } from '../src/store/database/failure.ts';
import { writePostbacks } from '../src/store/writer/write-postbacks.ts';
import { findWebhook, makePostback } from './ready-postback.ts';

const connectionString = process.env['DATABASE_URL'] ?? '';
const db = openDb({ connectionString }, writerDefaults.lanes, (error) => console.error(error));
const webhook = await findWebhook(db, process.env['BENCH_AUTH_KEY'] ?? '');
const writer = new Writer({
  ...writerDefaults,
  write: (accountId, postbacks, mode) =>
    writePostbacks(db, accountId, postbacks, mode, new Date().toISOString()),
  classify: classifyFailure,
  sleep: async (ms) => void (await sleep(ms)),
  random: Math.random,
  onFailure: (kind, error) => console.error(kind, error),
  onCommit: () => {},
});

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', async () => {
    const result = await writer.submit(makePostback(webhook, text));
    const body = JSON.stringify(result);
    const isDone = typeof result === 'object' && result.rejection === null;
    response.writeHead(isDone ? 200 : 500, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
