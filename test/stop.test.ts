/** What a stop finishes. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InvalidKeys } from '../src/http/postbacks/rejections/invalid-keys.ts';
import { keepRecordingInvalidKeys } from '../src/jobs/record-invalid-keys.ts';
import { Stack } from '../src/stack.ts';
import type { InvalidKeyRow } from '../src/store/store.ts';
import { startTestServer } from './support/server.ts';

test('what was started is stopped also where a stop before it fails, whose error is told', async () => {
  const stopped: string[] = [];
  const running = new Stack();
  for (const name of ['database', 'sender', 'writer', 'http']) {
    running.push(async () => {
      stopped.push(name);
      if (name === 'sender' || name === 'writer') throw new Error(`the ${name} does not stop`);
    });
  }
  await expect(running.stop()).rejects.toThrow('the writer does not stop');
  expect(stopped).toEqual(['http', 'writer', 'sender', 'database']);
});

test('requests with invalid keys that came while others were being written are written before a stop ends', async () => {
  const gathered = new InvalidKeys(() => 0);
  const note = (postbackId: string) =>
    gathered.note(
      {
        postbackId,
        receivedAt: '2026-11-28T00:00:00.000Z',
        sourceIp: '192.0.2.1',
        method: 'GET',
        key: postbackId,
      },
      '/update-fields',
      undefined,
    );
  const written: string[] = [];
  const writes: (() => void)[] = [];
  const recordInvalidKeys = async (rows: InvalidKeyRow[]) => {
    await new Promise<void>((resolve) => writes.push(resolve));
    written.push(...rows.map(({ postbackId }) => postbackId));
  };
  note('first');
  const stop = keepRecordingInvalidKeys(gathered, { recordInvalidKeys }, { warn: () => {} });
  await expect.poll(() => writes).toHaveLength(1);
  note('second');
  const stopped = stop();
  for (let finished = 0; finished < 2; finished += 1) {
    writes[finished]?.();
    await setImmediate();
  }
  await stopped;
  expect(written).toEqual(['first', 'second']);
});

test('a connection on which nothing was sent, as browsers open them in advance, does not delay a stop', async () => {
  const server = await startTestServer();
  const { hostname, port } = new URL(server.url);
  const unused = connect(Number(port), hostname);
  await once(unused, 'connect');
  await server.request('/healthz'); // the connection before it was accepted
  const before = performance.now();
  await server.stop();
  // A connection that has begun a request is given 5 s.
  expect(performance.now() - before).toBeLessThan(4_000);
  unused.destroy();
});
