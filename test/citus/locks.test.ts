/** On Citus alone: locks are held on workers, whose sessions are not ours. */
import { expect, inject, onTestFinished, test } from 'vitest';
import { countLongWaits, holdLock, lockOfCalls } from '../support/database.ts';
import { startTestServer } from '../support/server.ts';

test.skipIf(inject('citusWorkers').length === 0)(
  'the completion of a call waits for its row as long as on a plain PostgreSQL, not only as long as a batch does (skipped: no addresses of workers)',
  async () => {
    const server = await startTestServer();
    onTestFinished(server.stop);
    await server.createCall('C1', { state: 'live' });
    const lock = await holdLock(server.database, await lockOfCalls(server.database, ['C1']));
    const completed = server.api('POST', '/calls/C1/complete', {});
    await expect.poll(() => countLongWaits(server.database, 800)).toBe(1);
    await lock.release();
    expect((await completed).status).toBe(200);
  },
);
