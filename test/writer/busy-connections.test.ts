/** All connections of the operator's side are in use: requests wait for one, and are not rejected. */
import { expect, test, vi } from 'vitest';
import { createTestDatabase, holdLock, lockOfCalls, waitingForLocks } from '../support/database.ts';
import { startTestServerOn } from '../support/server.ts';

/** More than the pool has connections. */
const blockedCount = 12;
const connectionCount = 8;

test('call events wait for a connection while others hold all of them, and none is lost', async () => {
  const database = await createTestDatabase();
  const server = await startTestServerOn(database, {}, 1);
  await server.createCall('held');
  const holder = await holdLock(database, await lockOfCalls(database, ['held']));
  const blocked = Array.from({ length: blockedCount }, () =>
    server.api('POST', '/calls', { call_log_id: 'held', recording_url: 'https://example.com/r' }),
  );
  await vi.waitUntil(async () => (await waitingForLocks(database)).length >= connectionCount, {
    timeout: 20_000,
  });
  // None is free until the first ones have waited three seconds for the lock.
  const others = await Promise.all(
    Array.from({ length: 5 }, (_, at) => server.api('POST', '/calls', { call_log_id: `other ${at}` })),
  );
  expect(others.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
  await holder.release();
  for (const { status, json } of await Promise.all(blocked))
    expect([200, 503], json.detail).toContain(status); // 503: the call itself was locked for too long
  await server.stop();
  await database.drop();
});
