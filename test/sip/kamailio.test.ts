/** Real SIP calls through Kamailio, whose records Ringback reads with the preset `kamailio`. Run by `npm run test:sip`. */
import { expect, test } from 'vitest';
import { type TestServer, useServer } from '../support/server.ts';
import { makeDataDir } from '../support/server-process.ts';
import { startPhoneSystem } from './phone-system.ts';

const server = useServer();

async function startFor(account: TestServer) {
  const webhook = await account.createWebhook('calls', { preset: 'kamailio' });
  const { pathname, search } = new URL(webhook.url);
  return { webhook, phones: await startPhoneSystem(account.url + pathname + search) };
}

/** The one call of a webhook's log, once it is there. */
async function callOf({ id }: { id: string }) {
  const readLog = async () => (await server.api('GET', `/postbacks?webhook_id=${id}`)).json.items;
  await expect.poll(readLog).toMatchObject([{ status: 'created' }]);
  const [{ call_log_id: callLogId }] = await readLog();
  return server.readCall(callLogId);
}

const parties = { phone_number: '+12135550142', tracking_number: '+18885550100', state: 'completed' };

test('a call that is answered is there with its talking time', async () => {
  const { webhook, phones } = await startFor(server);
  await phones.call('caller.xml', 'callee.xml', 1, ['-d', '1100']);
  const call = await callOf(webhook);
  expect(call).toMatchObject({ ...parties, end_status: 'answered' });
  const at = (field: string) => Date.parse(call[field]);
  expect(at('answered_at')).toBeGreaterThanOrEqual(at('started_at'));
  const talkedMs = at('ended_at') - at('answered_at');
  expect(talkedMs).toBeGreaterThanOrEqual(1_100);
  expect(call.connected_seconds).toBe(Math.floor(talkedMs / 1_000));
});

test.each([
  ['a busy callee', 'caller-busy.xml', 'callee-busy.xml', 'busy'],
  ['a caller who hangs up while it rings', 'caller-cancel.xml', 'callee-cancel.xml', 'canceled'],
])('%s leaves a call without talking time', async (_what, caller, callee, endStatus) => {
  const { webhook, phones } = await startFor(server);
  await phones.call(caller, callee);
  expect(await callOf(webhook)).toMatchObject({
    ...parties,
    end_status: endStatus,
    answered_at: null,
    connected_seconds: null,
  });
});

test('1,000 calls are there, once each, when Ringback is stopped and started while they end', async () => {
  const count = 1_000;
  const { start, startOn, query } = await makeDataDir();
  const first = start();
  const before = await first.listening;
  const { phones } = await startFor(before);
  const calling = phones.call('caller.xml', 'callee.xml', count, ['-r', '100', '-d', '200']);
  const countCalls = async () => Number((await query('select count(*) from call'))[0]?.['count']);
  await expect.poll(countCalls).toBeGreaterThan(count / 10);
  expect(await countCalls()).toBeLessThan(count);
  expect(await first.end('SIGTERM')).toMatchObject({ code: 0 });
  await calling; // those that end now wait in Kamailio
  const after = await startOn(new URL(before.url).port).listening;
  await expect.poll(countCalls, { timeout: 60_000, interval: 200 }).toBe(count);
  const ids = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { json } = await after.api('GET', `/calls?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    for (const call of json.items) {
      expect(call).toMatchObject({
        ...parties,
        end_status: 'answered',
        connected_seconds: expect.any(Number),
      });
      ids.add(call.call_log_id);
    }
    cursor = json.next_cursor;
  }
  expect(ids.size).toBe(count);
});
