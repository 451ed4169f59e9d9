/** Kept requests: nothing of them is lost before they can be read. */
import { expect, onTestFinished, test } from 'vitest';
import { firstIdAt } from '../../src/store/database/statements/first-id.ts';
import { startTestServer, startTestServerOn } from '../support/server.ts';
import { makeDataDir } from '../support/server-process.ts';

const dayMs = 86_400_000;
const keeping = {
  on_unreadable: 'keep',
  mapping: { fields: { call_log_id: 'id', converted: { from: 'status', words: { sold: true } } } },
};

test.each(['bodies', 'postbacks'] as const)('retention of %s counts from the last replay', async (kind) => {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const keep = async (status: string) => {
    const webhook = await server.createWebhook('update_fields', keeping);
    const { json } = await server.post(webhook, { id: 'K', status });
    expect(json).toMatchObject({ status: 'kept' });
    return { webhook, id: String(json.postback_id) };
  };
  const age = async (id: string, days: number) => {
    const agedMs = Date.now() - days * dayMs;
    const [row] = await server.database.query(
      'update postback set postback_id = $2, received_at = $3 where postback_id = $1 returning postback_id',
      [id, firstIdAt(agedMs), new Date(agedMs)],
    );
    return String(row?.['postback_id']);
  };
  const replayed = await keep('won');
  const untouched = await keep('lost');
  const [replayedId, untouchedId] = [await age(replayed.id, 40), await age(untouched.id, 41)];
  const { json } = await server.api('POST', `/webhooks/incoming/${replayed.webhook.id}/replay-kept`);
  expect(json).toMatchObject({ replayed: 1, summary: { kept: 1 } });

  const retention = { bodies: null, postbacks: null, calls: null, [kind]: 30 };
  const readBody = async (id: string) => (await server.api('GET', `/postbacks/${id}`)).json.request?.body;
  const removeOld = async (gone: string) => {
    const remover = await startTestServerOn(server.database, { retention });
    await expect.poll(() => readBody(gone)).toBeUndefined();
    await remover.stop();
  };
  await removeOld(untouchedId);
  expect(await readBody(replayedId)).toMatchObject({ status: 'won' });
  const longAgo = new Date(Date.now() - 31 * dayMs);
  await server.database.query('update postback set replayed_at = $2 where postback_id = $1', [
    replayedId,
    longAgo,
  ]);
  await removeOld(replayedId);
});

test('what is kept survives the end of the server, and is then read once', async () => {
  const { start } = await makeDataDir();
  const first = start();
  const before = await first.listening;
  const webhook = await before.createWebhook('update_fields', keeping);
  await before.createCall('K');
  const kept = await before.post(webhook, { id: 'K', status: 'won' });
  expect(kept.json).toMatchObject({ status: 'kept' });
  await first.end('SIGKILL');
  const after = await start().listening;
  const words = { sold: true, won: true };
  const mapping = { fields: { ...keeping.mapping.fields, converted: { from: 'status', words } } };
  await after.api('PATCH', `/webhooks/incoming/${webhook.id}`, { mapping });
  const replay = () => after.api('POST', `/webhooks/incoming/${webhook.id}/replay-kept`);
  expect((await replay()).json).toMatchObject({ replayed: 1, summary: { applied: 1 } });
  expect((await replay()).json).toMatchObject({ replayed: 0 });
  expect(await after.readCall('K')).toMatchObject({ converted: true });
});
