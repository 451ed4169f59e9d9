/** Data about a caller that is known before the call (docs/senders.md#call-data). */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { encodings, sendAs } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook('call_data');
});
let count = 0;
function newNumber(): string {
  count += 1;
  return `+1415556${String(count).padStart(4, '0')}`;
}

async function known(number: string) {
  return (await server.api('GET', `/call-data?phone_number=${encodeURIComponent(number)}`)).json;
}

test('a webhook of this type has a separate address', () => {
  expect(new URL(webhook.url).pathname).toBe('/call-data');
});

describe.each(encodings)('by %s', (encoding) => {
  test('every parameter but the number is a tag of the first call of the number', async () => {
    const phone_number = newNumber();
    const answer = await sendAs(server, webhook, encoding, {
      phone_number,
      lifespan_seconds: '120',
      zip: '90210',
      plan: 'gold',
      call_log_id: 'mine',
      empty: '',
    });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ status: 'waiting', ignored: [] });
    const lifeMs = Date.parse(answer.json.expires_at) - Date.now();
    expect(lifeMs).toBeGreaterThan(90_000);
    expect(lifeMs).toBeLessThanOrEqual(120_000);
    const tags = { zip: '90210', plan: 'gold', call_log_id: 'mine' };
    expect(await known(phone_number)).toMatchObject({ phone_number, tags, items: [{ status: 'waiting' }] });
    const call = await server.createCall(`first ${phone_number}`, { phone_number });
    expect(call.tags).toEqual(tags);
    expect((await server.createCall(`second ${phone_number}`, { phone_number })).tags).toEqual({});
    expect(await known(phone_number)).toMatchObject({
      tags,
      items: [{ status: 'applied', call_log_id: call.call_log_id }],
    });
  });
});

test('the number may be called caller_id, and parameters of the query and the body count', async () => {
  const number = newNumber();
  const answer = await server.request(`/call-data?auth_key=${webhook.auth_key}&zip=1&city=Rome`, {
    method: 'POST',
    body: { caller_id: number, zip: 2 },
  });
  expect(answer.status).toBe(202);
  expect((await known(number)).tags).toEqual({ zip: '2', city: 'Rome' });
});

test('the newest value of a key wins', async () => {
  const phone_number = newNumber();
  await server.post(webhook, { phone_number, zip: 1, city: 'Rome' });
  await server.post(webhook, { phone_number, zip: 2 });
  expect((await known(phone_number)).tags).toEqual({ zip: '2', city: 'Rome' });
  expect((await server.createCall('newest', { phone_number })).tags).toEqual({ zip: '2', city: 'Rome' });
});

test('a call that started up to five minutes before gets the data at once, or when it completes', async () => {
  const started_at = new Date(Date.now() - 4 * 60_000).toISOString();
  const phone_number = newNumber();
  await server.createCall('just before', { phone_number, started_at });
  expect((await server.post(webhook, { phone_number, zip: 1 })).json).toMatchObject({
    status: 'applied',
    call_log_id: 'just before',
  });
  const live = newNumber();
  await server.createCall('live', { phone_number: live, started_at, state: 'live' });
  expect((await server.post(webhook, { phone_number: live, zip: 1 })).json.status).toBe('queued');
  expect((await server.api('POST', '/calls/live/complete')).json.tags).toEqual({ zip: '1' });
});

test('a call that started earlier, or after the lifespan, gets nothing', async () => {
  const phone_number = newNumber();
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  await server.createCall('earlier', { phone_number, started_at: at(-6) });
  const { json } = await server.post(webhook, { phone_number, zip: 1, lifespan_seconds: 60 });
  expect(json.status).toBe('waiting');
  expect((await server.createCall('later', { phone_number, started_at: at(2) })).tags).toEqual({});
  expect((await server.createCall('in time', { phone_number, started_at: at(0.5) })).tags).toEqual({
    zip: '1',
  });
});

test('a call record that comes late gets the data if the call started in time', async () => {
  const phone_number = newNumber();
  const { json } = await server.post(webhook, { phone_number, zip: 1, lifespan_seconds: 60 });
  const times = ['received_at', 'expires_at', 'waits_until', 'match_from', 'match_to'];
  const earlier = times.map((name) => `${name} - interval '1 hour' as ${name}`);
  const [row = {}] = await server.database.query(
    `select ${earlier.join()} from postback where postback_id = '${json.postback_id}'`,
  );
  await server.database.query(
    `update postback set ${times.map((name, at) => `${name} = $${at + 1}`).join()}
     where postback_id = '${json.postback_id}'`,
    times.map((name) => row[name]),
  );
  expect((await known(phone_number)).tags).toEqual({});
  const started_at = new Date(Date.now() - 3_600_000 + 30_000).toISOString();
  expect((await server.createCall('late record', { phone_number, started_at })).tags).toEqual({ zip: '1' });
});

test('a repeat with the same transaction_id has one effect', async () => {
  const body = { phone_number: newNumber(), zip: 1, transaction_id: 'cd-1' };
  const first = await server.post(webhook, body);
  expect((await server.post(webhook, body)).json).toEqual({ ...first.json, duplicate: true });
});

test.each([
  [{ zip: 1 }, 'call_not_identified'],
  [{ phone_number: '+14155560000' }, 'no_updates'],
  [{ phone_number: 'x', zip: 1 }, 'invalid_phone_number'],
  [{ phone_number: '+14155560000', zip: 1, lifespan_seconds: 59 }, 'invalid_value'],
  [{ phone_number: '+14155560000', zip: 1, lifespan_seconds: 604_801 }, 'invalid_value'],
  [{ phone_number: '+14155560000', zip: { a: 1 } }, 'invalid_value'],
  [{ phone_number: '+14155560000', zip: '{{contact.zip}}' }, 'unresolved_placeholder'],
])('%j is rejected with %s', async (body, code) => {
  expectProblem(await server.post(webhook, body), 422, code);
});

test('rejections name the sender’s own parameters', async () => {
  const { json } = await server.post(webhook, { zip: { a: 1 } });
  expect(json.errors.map(({ field }: { field: string | null }) => field)).toEqual([null, 'zip']);
  expect(json.errors[0].detail).toContain('caller_id');
});

test('data of a number is answered for the number alone', async () => {
  expectProblem(await server.api('GET', '/call-data'), 422, 'invalid_phone_number');
  expect(await known('(415) 556-9999')).toEqual({ phone_number: '+14155569999', tags: {}, items: [] });
});

test('a tag may have any name', async () => {
  const phone_number = newNumber();
  const body = `{"phone_number":"${phone_number}","__proto__":"a","constructor":"b"}`;
  const headers = { 'x-auth-key': webhook.auth_key, 'content-type': 'application/json' };
  expect((await server.request('/call-data', { method: 'POST', headers, body })).status).toBe(202);
  const { tags, items } = await known(phone_number);
  for (const told of [tags, items[0].tags])
    expect(Object.entries(told)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
});
