/** Repeats with a transaction id have one effect. */
import { describe, expect, test } from 'vitest';
import { encodings, postText, sendAs } from '../../support/senders.ts';
import { type Answer, startTestServer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const send = (body: object, headers = {}) => server.post(webhook, body, headers);
const timelineOf = async (callLogId: string) =>
  (await server.api('GET', `/calls/${callLogId}/timeline`)).json.items.filter(
    ({ kind }: { kind: string }) => kind === 'postback',
  );

/** The answer that a repeat must get: the first one, marked. */
function expectRepeatOf(first: Answer, repeat: Answer): void {
  expect(repeat.status).toBe(first.status);
  expect(repeat.json).toEqual({ ...first.json, duplicate: true });
  expect(repeat.headers.get('x-postback-status')).toBe(first.headers.get('x-postback-status'));
}

describe('the same id with the same update', () => {
  test.each(encodings)('gets the first answer again, by %s', async (encoding) => {
    const callLogId = `again ${encodings.indexOf(encoding)}`;
    await server.createCall(callLogId);
    const payload = {
      call_log_id: callLogId,
      transaction_id: callLogId,
      reason: 'r',
      add: { k: 'v' },
      utm: 'x',
    };
    const first = await sendAs(server, webhook, encoding, payload);
    expect(first.json).toMatchObject({ status: 'applied', duplicate: false });
    await send({ call_log_id: callLogId, reason: 'meanwhile' });
    expectRepeatOf(first, await sendAs(server, webhook, encoding, payload));
    expect((await server.readCall(callLogId)).reason).toBe('meanwhile');
  });

  test('is the same however it is spelled', async () => {
    await server.createCall('spelled');
    const first = await send({
      ...{ call_log_id: 'spelled', transaction_id: 'spelled', converted: true, revenue_paid_out: 12.5 },
      ...{ call_converted_at: '2026-01-02T03:04:05Z', add: { b: '2', a: '1' }, remove: ['y', 'x'] },
    });
    const query = 'call_log_id=spelled&fields[converted]=YES&revenue_paid_out=12.5000&remove=x,y';
    const body = `${query}&call_converted_at=1767323045&add=a:1,b=2&tracking=1`;
    const headers = { 'idempotency-key': 'spelled', 'content-type': 'application/x-www-form-urlencoded' };
    expectRepeatOf(first, await server.post(webhook, body, headers));
  });

  test.each(['applied', 'unchanged', 'queued'])('that was %s at first', async (status) => {
    await server.createCall(status, { state: status === 'queued' ? 'live' : 'completed', reason: 'r' });
    const body = {
      call_log_id: status,
      transaction_id: status,
      reason: status === 'unchanged' ? 'r' : 'new',
    };
    const first = await send(body);
    expect(first.json.status).toBe(status);
    expectRepeatOf(first, await send(body));
    expect(await timelineOf(status)).toHaveLength(1);
  });

  test('that was queued is answered 202 queued also after its call completed', async () => {
    await server.createCall('later', { state: 'live' });
    const body = { call_log_id: 'later', transaction_id: 'later', reason: 'r' };
    const first = await send(body);
    await server.api('POST', '/calls/later/complete');
    const repeat = await send(body);
    expect(repeat.status).toBe(202);
    expectRepeatOf(first, repeat);
    expect((await timelineOf('later')).map(({ status }: { status: string }) => status)).toEqual(['applied']);
  });

  test('that was matched by a number means the call of the first, whatever calls came since', async () => {
    await server.createCall('caller', { phone_number: '+12125550177' });
    const body = { phone_number: '212-555-0177', transaction_id: 'caller', reason: 'r' };
    const first = await send(body);
    await server.createCall('caller again', { phone_number: '+12125550177' });
    expectRepeatOf(first, await send({ ...body, phone_number: '+1 212 555 0177' }));
    expect((await server.readCall('caller again')).reason).toBeNull();
  });

  test('arriving 30 times at once, at two servers, has one effect', async () => {
    const second = await startTestServer({ databaseUrl: server.database.url });
    const state = ['live', 'completed'];
    for (const callLogId of state) {
      await server.createCall(callLogId, { state: callLogId });
      const body = { call_log_id: callLogId, transaction_id: `T-${callLogId}`, reason: 'r', add: { k: 'v' } };
      const sending = Array.from({ length: 30 }, (_, at) => (at % 2 ? server : second).post(webhook, body));
      const answers = await Promise.all(sending);
      expect(new Set(answers.map(({ status }) => status))).toEqual(
        new Set([callLogId === 'live' ? 202 : 200]),
      );
      expect(answers.filter(({ json }) => !json.duplicate)).toHaveLength(1);
      expect(new Set(answers.map(({ json }) => json.postback_id)).size).toBe(1);
      expect(await timelineOf(callLogId)).toHaveLength(1);
    }
    await second.stop();
  });
});

describe('the same id with another update', () => {
  test.each([
    ['another value', { reason: 'other' }],
    ['one field more', { reason: 'r', converted: true }],
    ['another tag', { reason: 'r', add: { k: 'v' } }],
    ['another call', { reason: 'r', call_log_id: 'other call' }],
    ['another way to name the call', { reason: 'r', call_log_id: undefined, phone_number: '+12125550188' }],
  ])('is 409 for %s', async (name, other) => {
    await server.createCall(name, { phone_number: '+12125550188' });
    await server.createCall('other call');
    await send({ call_log_id: name, transaction_id: name, reason: 'r' });
    const answer = await send({ call_log_id: name, transaction_id: name, ...other });
    expect(answer.json).toMatchObject({ status: 409, code: 'transaction_id_reused' });
    expect(await server.readCall(name)).toMatchObject({ reason: 'r', converted: false, tags: {} });
    expect((await server.readCall('other call')).reason).toBeNull();
  });

  test('arriving at once is taken once and rejected once', async () => {
    await server.createCall('contest');
    const bodies = ['a', 'b'].map((reason) => ({
      call_log_id: 'contest',
      transaction_id: 'contest',
      reason,
    }));
    const answers = await Promise.all(bodies.map((body) => send(body)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('is taken by another webhook, which remembers its own ids', async () => {
    await server.createCall('two webhooks');
    const other = await server.createWebhook();
    const body = { call_log_id: 'two webhooks', transaction_id: 'shared' };
    expect((await send({ ...body, reason: 'a' })).status).toBe(200);
    const answer = await server.post(other, { ...body, reason: 'b' });
    expect(answer.json).toMatchObject({ status: 'applied', duplicate: false });
  });
});

test('a request that was rejected does not use up its id', async () => {
  await server.createCall('retry', { state: 'live' });
  const body = { call_log_id: 'retry', transaction_id: 'retry' };
  expect((await send({ ...body, call_log_id: 'unknown', reason: 'r' })).status).toBe(404);
  expect((await send({ ...body, converted: 'maybe' })).status).toBe(422);
  expect((await send({ ...body, publisher_paid_out: '3' })).status).toBe(409);
  await server.api('POST', '/calls/retry/complete');
  const answer = await send({ ...body, publisher_paid_out: '3' });
  expect(answer.json).toMatchObject({ status: 'applied', duplicate: false });
});

test('without an id every postback counts on its own', async () => {
  await server.createCall('no id');
  const answers = [
    await send({ call_log_id: 'no id', reason: 'r' }),
    await send({ call_log_id: 'no id', reason: 'r' }),
  ];
  expect(answers.map(({ json }) => [json.status, json.duplicate])).toEqual([
    ['applied', false],
    ['unchanged', false],
  ]);
});

describe('the id', () => {
  test.each(['x', 'x'.repeat(200), '😀'.repeat(200), 'with space', '__proto__', '17'])(
    'may be %s',
    async (id) => {
      await server.createCall('ids');
      const body = { call_log_id: 'ids', transaction_id: id, reason: id.slice(0, 10) };
      await send(body);
      expect((await send(body)).json.duplicate).toBe(true);
    },
  );

  test('may be a JSON integer with every digit', async () => {
    await server.createCall('digits');
    const post = (id: string) =>
      postText(server, webhook, `{"call_log_id":"digits","reason":"r","transaction_id":${id}}`);
    expect((await post('12345678901234567890')).json.duplicate).toBe(false);
    expect((await post('12345678901234567891')).json.duplicate).toBe(false);
    expect((await post('12345678901234567890')).json.duplicate).toBe(true);
  });

  test('may be in the header Idempotency-Key, which the payload overrules', async () => {
    await server.createCall('header');
    const body = { call_log_id: 'header', reason: 'r' };
    await send(body, { 'idempotency-key': 'H1' });
    expect((await send({ ...body, transaction_id: 'H1' })).json.duplicate).toBe(true);
    const other = await send({ ...body, transaction_id: 'H2' }, { 'idempotency-key': 'H1' });
    expect(other.json).toMatchObject({ duplicate: false, ignored: ['Idempotency-Key'] });
    expect((await send({ ...body, transaction_id: 'H1' }, { 'idempotency-key': 'H1' })).json.ignored).toEqual(
      [],
    );
    const { items } = (await server.api('GET', '/postbacks?transaction_id=H1')).json;
    expect(items).toMatchObject([{ call_log_id: 'header', transaction_id: 'H1' }]);
  });

  test.each(['', ' ', 'x'.repeat(201), 'a\0', true, ['T1']])('is rejected: %#', async (id) => {
    await server.createCall('rejected ids');
    const answer = await send({ call_log_id: 'rejected ids', transaction_id: id, reason: 'r' });
    expect(answer.json).toMatchObject({
      status: 422,
      errors: [{ field: 'transaction_id', code: 'invalid_value' }],
    });
  });
});
