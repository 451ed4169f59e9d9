/** The setting `repeats` of a webhook (docs/senders.md#a-field-that-already-has-a-value). */
import { describe, expect, test } from 'vitest';
import { expectUnbrokenChains } from '../../support/call-chains.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();

const webhookWith = (repeats: object, type = 'update_fields') => server.createWebhook(type, { repeats });
let numbered = 0;
async function newCall(fields: object = {}): Promise<string> {
  numbered += 1;
  await server.createCall(`repeat-${numbered}`, fields);
  return `repeat-${numbered}`;
}
const revenueOf = async (id: string) => (await server.readCall(id)).revenue_paid_out;

describe('the setting', () => {
  test('is empty at first, and is changed and reset as a whole', async () => {
    const { id, ...made } = (await server.createWebhook()) as TestWebhook & { repeats: object };
    expect(made.repeats).toEqual({});
    const path = `/webhooks/incoming/${id}`;
    const repeats = { '*': 'keep', revenue_paid_out: 'add', add: 'set' };
    expect((await server.api('PATCH', path, { repeats })).json.repeats).toEqual(repeats);
    expect((await server.api('GET', path)).json.repeats).toEqual(repeats);
    expect((await server.api('PATCH', path, { name: 'Other' })).json.repeats).toEqual(repeats);
    expect((await server.api('PATCH', path, { repeats: null })).json.repeats).toEqual({});
  });

  test('takes the names of its type, and stores them by field', async () => {
    const webhook = await webhookWith({ revenue: 'add' }, 'update_revenue');
    expect(webhook).toMatchObject({ repeats: { revenue_paid_out: 'add' } });
  });

  test.each<[object, string]>([
    [{ revenu: 'add' }, 'repeats.revenu: unknown_field'],
    [{ reason: 'add' }, 'repeats.reason: invalid_value'],
    [{ call_log_id: 'keep' }, 'repeats.call_log_id: unknown_field'],
  ])('is rejected as %j', async (repeats, expected) => {
    const answer = await server.api('POST', '/webhooks/incoming', {
      name: 'x',
      type: 'update_fields',
      repeats,
    });
    expect(answer.status).toBe(422);
    const [{ field, code }] = answer.json.errors;
    expect(`${field}: ${code}`).toBe(expected);
  });

  test('takes no policy of another name', async () => {
    const body = { name: 'x', type: 'update_fields', repeats: { '*': 'sum' } };
    expect((await server.api('POST', '/webhooks/incoming', body)).json).toMatchObject({
      code: 'invalid_value',
    });
  });
});

describe('keep', () => {
  test('sets what is null or false, and lists what kept its value', async () => {
    const webhook = await webhookWith({ '*': 'keep' });
    const call_log_id = await newCall({ reason: 'first' });
    const body = {
      call_log_id,
      converted: true,
      revenue_paid_out: '5',
      reason: 'second',
      add: { deal: 'won' },
    };
    const { status, json } = await server.post(webhook, body);
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: 'applied', kept: ['reason'] });
    expect(Object.keys(json.changes).sort()).toEqual([
      'call_converted_at',
      'converted',
      'revenue_paid_out',
      'tags.deal',
    ]);
    const again = await server.post(webhook, { ...body, converted: false, revenue_paid_out: '6' });
    expect(again.json).toMatchObject({
      status: 'unchanged',
      changes: {},
      kept: ['converted', 'revenue_paid_out', 'reason', 'tags.deal'],
    });
    expect(await server.readCall(call_log_id)).toMatchObject({ converted: true, revenue_paid_out: '5.00' });
    const { json: logged } = await server.api('GET', `/postbacks/${again.json.postback_id}`);
    expect(logged.kept).toEqual(again.json.kept);
    expect(logged.answer.body).toEqual(again.json);
  });

  test('gives a repeat the same list', async () => {
    const webhook = await webhookWith({ '*': 'keep' });
    const call_log_id = await newCall({ revenue_paid_out: '1' });
    const body = { call_log_id, revenue_paid_out: '2', transaction_id: 'T' };
    const first = await server.post(webhook, body);
    expect((await server.post(webhook, body)).json).toEqual({ ...first.json, duplicate: true });
  });

  test('is not in the response if all fields were set', async () => {
    const webhook = await webhookWith({ '*': 'keep' });
    const { json } = await server.post(webhook, { call_log_id: await newCall(), reason: 'x' });
    expect(json).not.toHaveProperty('kept');
  });
});

describe('add', () => {
  test('sums amounts exactly, once for each transaction id, however often and at once they come', async () => {
    const webhook = await webhookWith({ '*': 'add' });
    const call_log_id = await newCall();
    const bodies = Array.from({ length: 30 }, (_, at) => ({
      ...{ call_log_id, revenue_paid_out: '0.1001', publisher_paid_out: '0.0333', transaction_id: `t${at}` },
    }));
    const answers = await Promise.all(
      [...bodies, ...bodies, ...bodies].map((body) => server.post(webhook, body)),
    );
    expect(answers.filter(({ json }) => json.duplicate)).toHaveLength(60);
    expect(await server.readCall(call_log_id)).toMatchObject({
      revenue_paid_out: '3.003',
      publisher_paid_out: '0.999',
    });
  });

  test('needs a transaction id, in a dry run too', async () => {
    const webhook = await webhookWith({ revenue_paid_out: 'add' });
    const call_log_id = await newCall();
    for (const dry_run of [false, true]) {
      const { status, json } = await server.post(webhook, { call_log_id, revenue_paid_out: '5', dry_run });
      expect(status).toBe(422);
      expect(json).toMatchObject({
        code: 'transaction_id_needed',
        errors: [{ field: 'transaction_id', code: 'transaction_id_needed' }],
      });
    }
    expect((await server.post(webhook, { call_log_id, reason: 'no amount' })).status).toBe(200);
    const body = { call_log_id, revenue_paid_out: '5' };
    expect((await server.post(webhook, body, { 'idempotency-key': 'k1' })).status).toBe(200);
    expect(await revenueOf(call_log_id)).toBe('5.00');
  });

  test('rejects a sum that is too large, and does nothing', async () => {
    const webhook = await webhookWith({ '*': 'add' });
    const call_log_id = await newCall({ revenue_paid_out: '99999999' });
    const body = { call_log_id, revenue_paid_out: '1', reason: 'x', transaction_id: 'T' };
    const { status, json } = await server.post(webhook, body);
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ field: 'revenue_paid_out', code: 'invalid_value' }]);
    expect(await server.readCall(call_log_id)).toMatchObject({
      revenue_paid_out: '99999999.00',
      reason: null,
    });
  });
});

describe('refuse', () => {
  test('rejects another value by naming the fields, and does nothing of the request', async () => {
    const webhook = await webhookWith({ '*': 'refuse' });
    const call_log_id = await newCall({ revenue_paid_out: '5', reason: 'x' });
    const body = { call_log_id, revenue_paid_out: '6', reason: 'y', converted: true };
    const { status, json } = await server.post(webhook, body);
    expect(status).toBe(409);
    expect(json.code).toBe('already_set');
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['revenue_paid_out', 'reason']);
    expect(await server.readCall(call_log_id)).toMatchObject({ converted: false, revenue_paid_out: '5.00' });
    expect((await server.post(webhook, { ...body, revenue_paid_out: '5', reason: 'x' })).status).toBe(200);
  });
});

describe('the policies are those of every endpoint', () => {
  test('in batches: the items of one call see each other', async () => {
    const webhook = await webhookWith({ revenue_paid_out: 'add', reason: 'keep', add: 'refuse' });
    const call_log_id = await newCall();
    const updates = [
      { call_log_id, revenue_paid_out: '1.5', reason: 'a', transaction_id: '1' },
      { call_log_id, revenue_paid_out: '2.25', reason: 'b', transaction_id: '2' },
      { call_log_id, revenue_paid_out: '2.25', reason: 'b', transaction_id: '2' },
      { call_log_id, revenue_paid_out: '1' },
      { call_log_id, add: { deal: 'won' } },
      { call_log_id, add: { deal: 'lost' } },
    ];
    const { json } = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body: { updates },
    });
    expect(json.summary).toMatchObject({ applied: 3, duplicate: 1, rejected: 2 });
    expect(json.results.map(({ code, kept }: { code?: string; kept?: string[] }) => code ?? kept)).toEqual([
      ...[undefined, ['reason'], ['reason'], 'transaction_id_needed', undefined, 'already_set'],
    ]);
    expect(await server.readCall(call_log_id)).toMatchObject({
      ...{ revenue_paid_out: '3.75', reason: 'a', tags: { deal: 'won' } },
    });
  });

  test('while a call is live: queued updates are applied by the policies they came with', async () => {
    const webhook = await webhookWith({ revenue_paid_out: 'add', reason: 'keep', add: 'refuse' });
    const call_log_id = await newCall({ state: 'live' });
    const send = (body: object) => server.post(webhook, { call_log_id, ...body });
    const sent = [
      await send({ revenue_paid_out: '1', reason: 'a', add: { deal: 'won' }, transaction_id: '1' }),
      await send({ revenue_paid_out: '2', reason: 'b', transaction_id: '2' }),
      await send({ add: { deal: 'lost' }, transaction_id: '3' }),
    ];
    expect(sent.map(({ status }) => status)).toEqual([202, 202, 202]);
    await server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { repeats: {} });
    await server.api('POST', `/calls/${call_log_id}/complete`, { revenue_paid_out: '10' });
    expect(await server.readCall(call_log_id)).toMatchObject({
      ...{ revenue_paid_out: '13.00', reason: 'a', tags: { deal: 'won' } },
    });
    const logged = await Promise.all(
      sent.map(({ json }) => server.api('GET', `/postbacks/${json.postback_id}`)),
    );
    expect(logged.map(({ json: { status, code, kept } }) => [status, code, kept])).toEqual([
      ['applied', null, []],
      ['applied', null, ['reason']],
      ['rejected', 'already_set', []],
    ]);
    const again = await send({ revenue_paid_out: '2', reason: 'b', transaction_id: '2' });
    expect(again.json).toEqual({ ...sent[1]?.json, duplicate: true });
  });

  test('in imports: an import key makes each row safe to sum', async () => {
    const webhook = await webhookWith({ '*': 'add' });
    const call_log_id = await newCall();
    const file = `call_log_id,revenue_paid_out\n${call_log_id},1.10\n${call_log_id},2.20\n`;
    for (const expected of [{ applied: 2 }, { duplicate: 2 }]) {
      const { text } = await server.request(`/api/v1/imports?webhook_id=${webhook.id}&import_key=november`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
        body: file,
      });
      expect(JSON.parse(text.trim().split('\n').at(-1) ?? '').summary).toMatchObject(expected);
    }
    expect(await revenueOf(call_log_id)).toBe('3.30');
  });

  test('in dry runs, which change nothing', async () => {
    const webhook = await webhookWith({ revenue_paid_out: 'add', reason: 'keep' });
    const call_log_id = await newCall({ revenue_paid_out: '1', reason: 'a' });
    const body = { call_log_id, revenue_paid_out: '2', reason: 'b', transaction_id: '1', dry_run: true };
    expect((await server.post(webhook, body)).json).toMatchObject({
      changes: { revenue_paid_out: { from: '1.00', to: '3.00' } },
      kept: ['reason'],
    });
    expect(await revenueOf(call_log_id)).toBe('1.00');
  });

  test('but not of changes by hand', async () => {
    await webhookWith({ '*': 'refuse' });
    const call_log_id = await newCall({ revenue_paid_out: '1' });
    const { json } = await server.api('PATCH', `/calls/${call_log_id}`, { revenue_paid_out: '2' });
    expect(json.revenue_paid_out).toBe('2.00');
  });
});

test('every change above begins where another one ended, up to what the calls have now', async () => {
  expect(await expectUnbrokenChains(server.database.query)).toBeGreaterThan(0);
});
