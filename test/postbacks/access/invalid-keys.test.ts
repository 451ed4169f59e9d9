/** The owner of a webhook sees who sends with a key that is not valid any more, and no one else sees more than before. */
import { beforeAll, expect, test } from 'vitest';
import { InvalidKeys } from '../../../src/http/postbacks/rejections/invalid-keys.ts';
import { makeOrderedId } from '../../../src/ordered-id.ts';
import { addAccount } from '../../support/accounts.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer({ trustedProxies: ['127.0.0.1'] }, 1);

beforeAll(async () => {
  await server.createCall('C1');
});

const send = (key: string | null, from: string, path = '/update-fields') =>
  server.request(`${path}?${key === null ? '' : `auth_key=${key}&`}call_log_id=C1&reason=x`, {
    headers: { 'x-forwarded-for': from, 'user-agent': 'Sender/1 rbk_inTheWrongPlace' },
  });

/** A webhook with a key that was rotated out. */
async function createRotated(): Promise<TestWebhook & { oldKey: string }> {
  const webhook = await server.createWebhook();
  const path = `/webhooks/incoming/${webhook.id}/rotate-key`;
  const { json } = await server.api('POST', path, { grace_hours: 0 });
  return { ...webhook, auth_key: json.auth_key, oldKey: webhook.auth_key };
}

const logOf = async (query: string) => (await server.api('GET', `/postbacks?limit=200&${query}`)).json.items;

test('requests with a key that was rotated out are in the log of their webhook, in one row with a count', async () => {
  const webhook = await createRotated();
  const answers = [];
  for (let times = 0; times < 5; times += 1) answers.push(await send(webhook.oldKey, '203.0.113.7'));
  const id = answers[0]?.json.postback_id;
  expect(answers.map(({ status, json }) => [status, json.code, json.postback_id])).toEqual(
    Array(5).fill([401, 'invalid_auth_key', id]),
  );
  const ofIt = () => logOf(`webhook_id=${webhook.id}`);
  await expect.poll(async () => (await ofIt())[0]?.times_received).toBe(5);
  expect(await ofIt()).toMatchObject([
    { id, status: 'rejected', code: 'invalid_auth_key', source_ip: '203.0.113.7', call_log_id: null },
  ]);
  const { json } = await server.api('GET', `/postbacks/${id}`);
  expect(json).toMatchObject({ webhook_id: webhook.id, warnings: [expect.stringContaining('replaced')] });
  expect(json.request).toMatchObject({ method: 'GET', path: '/update-fields', key: 'ended' });
  expect(json.answer).toEqual({ status: 401, body: answers[0]?.json });

  const rejections = await server.api('GET', `/webhooks/incoming/${webhook.id}/rejections`);
  expect(rejections.json.items).toMatchObject([{ code: 'invalid_auth_key', count: 5 }]);
  const { json: attention } = await server.api('GET', '/overview/attention');
  expect(attention.items).toContainEqual(
    expect.objectContaining({ kind: 'invalid_keys', webhook_id: webhook.id, requests: 5, addresses: 1 }),
  );
  await send(webhook.oldKey, '203.0.113.7');
  await expect.poll(async () => (await ofIt())[0]?.times_received).toBe(6);
  expect((await server.api('POST', `/postbacks/${id}/replay`)).json.code).toBe('not_replayable');
  expect((await send(webhook.auth_key, '203.0.113.7')).status).toBe(200);
});

test('unknown and missing keys get different codes, in requests to any endpoint', async () => {
  const sent = {
    unknown: await send('rbk_neverWas', '203.0.113.8'),
    missing: await send(null, '203.0.113.8'),
    pixel: await send('rbk_neverWas', '203.0.113.9', '/update-fields.gif'),
  };
  const find = async (id: string) => (await server.api('GET', `/postbacks/${id}`)).json;
  await expect
    .poll(async () => (await find(sent.pixel.headers.get('x-postback-id') ?? '')).code)
    .toBe('invalid_auth_key');
  expect(await find(sent.unknown.json.postback_id)).toMatchObject({
    ...{ webhook_id: null, webhook_name: null, request: { key: 'unknown' } },
  });
  expect((await find(sent.missing.json.postback_id)).request.key).toBe('missing');
  const listed = await logOf('code=invalid_auth_key');
  expect(listed.map(({ id }: { id: string }) => id)).toContain(sent.unknown.json.postback_id);
});

test('an expired and an unknown key have the same response', async () => {
  const { oldKey } = await createRotated();
  const [expired, unknown] = [await send(oldKey, '203.0.113.10'), await send('rbk_no', '203.0.113.10')];
  const { postback_id: one, ...first } = expired.json;
  const { postback_id: two, ...second } = unknown.json;
  expect(one).not.toBe(two);
  expect(first).toEqual(second);
});

test('no key and no content of such a request is stored, and wrong keys have a bounded number of rows', async () => {
  for (let count = 0; count < 60; count += 1) await send(`rbk_guess${count}`, '203.0.113.11');
  const rowsOfGuesses = () =>
    server.database.query(`select times_received, row_to_json(p)::text as text from postback p
      where source_ip = '203.0.113.11'`);
  const countAll = async () =>
    (await rowsOfGuesses()).reduce((sum, row) => sum + Number(row['times_received']), 0);
  await expect.poll(countAll).toBe(60);
  const rows = await rowsOfGuesses();
  expect(rows.length).toBe(21);
  for (const { text } of rows) expect(text).not.toMatch(/rbk_|"C1"|"reason":"x"/);
});

test('another account sees nothing of unknown keys', async () => {
  await send('rbk_ofNobody', '203.0.113.12');
  const listed = () => logOf('code=invalid_auth_key');
  const addresses = async () => (await listed()).map((row: { source_ip: string }) => row.source_ip);
  await expect.poll(addresses).toContain('203.0.113.12');
  const other = await (await addAccount(server, 'Other')).server.api('GET', '/postbacks');
  expect(other.json.items).toEqual([]);
});

test('the memory for them is bounded, and what could not be written is written later', () => {
  const clock = { ms: 0 };
  const keys = new InvalidKeys(() => clock.ms);
  const note = (sourceIp: string, key: string) => {
    const postbackId = makeOrderedId();
    const received = { postbackId, receivedAt: '2026-11-23T10:00:00.000Z', sourceIp, method: 'GET', key };
    return keys.note(received, '/update-fields', undefined) === postbackId;
  };
  for (let at = 0; at < 6_000; at += 1) note(`10.0.${at >> 8}.${at & 255}`, 'rbk_x');
  const { rows, undo } = keys.take();
  expect(rows.length).toBe(5_000);
  expect(note('10.0.0.0', 'rbk_x')).toBe(false);
  undo();
  const again = keys.take().rows;
  expect(again.length).toBe(5_000);
  expect(again.find(({ sourceIp }) => sourceIp === '10.0.0.0')).toMatchObject({ pending: 2, isNew: true });
  expect(keys.take().rows).toEqual([]);
  clock.ms = 3_600_001;
  expect(note('10.0.0.0', 'rbk_x')).toBe(true);
  expect(keys.take().rows).toMatchObject([{ pending: 1, isNew: true }]);
});
