/** The call by its id, exactly. */
import { expect, test } from 'vitest';
import { encodings, postText, sendAs } from '../../support/senders.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

test.each([
  'CA123',
  '0',
  '-5',
  '007',
  'with space',
  ' padded ',
  'slash/and?query=1&more#hash%25',
  'ünï¢ødé-😀',
  '"quoted"\\',
  '日本',
  '__proto__',
  'x'.repeat(128),
  '😀'.repeat(128),
])('is exact in every encoding: %s', async (callLogId) => {
  await server.createCall(callLogId);
  expect(await server.readCall(callLogId)).toMatchObject({ call_log_id: callLogId });
  for (const encoding of encodings) {
    const payload = { call_log_id: callLogId, dry_run: true, converted: true };
    const answer = await sendAs(server, webhook, encoding, payload);
    expect(answer.json).toMatchObject({ call_log_id: callLogId, matched_by: 'call_log_id', candidates: 1 });
  }
});

test.each(['1', '42', '-7', '9007199254740993', '1234567890123456789', '9'.repeat(128)])(
  'may be the integer %s, with every digit',
  async (integer) => {
    await server.createCall(integer);
    const answer = await postText(server, webhook, `{"call_log_id":${integer},"converted":true}`);
    expect(answer.json).toMatchObject({ status: 'applied', call_log_id: integer });
  },
);

test.each([
  'x'.repeat(129),
  '😀'.repeat(129),
  'a\nb',
  'a\tb',
  'a\0b',
  'a\x7fb',
  'a\x85b',
  'a\ud800',
  1.5,
  true,
  ['CA1'],
  { id: 'CA1' },
])('is rejected: %#', async (callLogId) => {
  const answer = await server.post(webhook, { call_log_id: callLogId, converted: true });
  expect(answer.json).toMatchObject({
    status: 422,
    errors: [{ field: 'call_log_id', code: 'invalid_value' }],
  });
});

test.each(['1e3', '9'.repeat(129)])('is rejected as the number %s', async (number) => {
  const answer = await postText(server, webhook, `{"call_log_id":${number},"converted":true}`);
  expect(answer.json).toMatchObject({
    status: 422,
    errors: [{ field: 'call_log_id', code: 'invalid_value' }],
  });
});

test.each(['unknown', 'ca123', 'CA123 ', 'x%27'])('that no call has is 404: %j', async (callLogId) => {
  const answer = await server.post(webhook, { call_log_id: callLogId, converted: true });
  expect(answer.json).toMatchObject({ status: 404, code: 'call_not_found', call_log_id: callLogId });
});

test('decides where a phone number is given too, readable or not', async () => {
  await server.createCall('by-id');
  await server.createCall('by-phone', { phone_number: '+12125550199' });
  for (const phone of ['+12125550199', 'no number']) {
    const answer = await server.post(webhook, { call_log_id: 'by-id', phone_number: phone, reason: phone });
    expect(answer.json).toMatchObject({ call_log_id: 'by-id', matched_by: 'call_log_id' });
  }
  const unknown = await server.post(webhook, {
    call_log_id: 'nope',
    phone_number: '+12125550199',
    reason: 'x',
  });
  expect(unknown.json.code).toBe('call_not_found');
  const empty = await server.post(webhook, { call_log_id: '', phone_number: '+12125550199', reason: 'x' });
  expect(empty.json).toMatchObject({ call_log_id: 'by-phone', matched_by: 'phone_number' });
});
