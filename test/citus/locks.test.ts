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

test.skipIf(inject('citusWorkers').length === 0)(
  'changes of accounts, people, sessions and webhooks that come at once are all done (skipped: no addresses of workers)',
  async () => {
    const server = await startTestServer();
    onTestFinished(server.stop);
    const webhook = await server.createWebhook();
    const invitations = await Promise.all(
      Array.from({ length: 4 }, async (_, at) => {
        const person = { email: `${at}@acme.example`, name: 'Ana', role: 'analyst' };
        const { invitation_url: url } = (await server.api('POST', '/people', person)).json;
        return new URLSearchParams(new URL(url).hash.slice(1)).get('invitation');
      }),
    );
    const answers = await Promise.all([
      ...invitations.map((invitation) =>
        server.request('/api/v1/session/invitation', {
          method: 'POST',
          body: { invitation, password: 'correct horse battery' },
        }),
      ),
      ...Array.from({ length: 4 }, (_, at) => server.api('POST', '/accounts', { name: `Books ${at}` })),
      ...Array.from({ length: 4 }, (_, at) =>
        server.api('POST', '/tokens', { name: `${at}`, role: 'owner' }),
      ),
      server.api('POST', '/sample-data', {}),
      server.api('POST', `/webhooks/incoming/${webhook.id}/rotate-key`),
      server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { name: 'Renamed' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<number>(4).fill(200),
      ...Array<number>(8).fill(201),
      ...[201, 200, 200],
    ]);
  },
);
