/** Requests that cannot be read are kept until the mapping is corrected. */
import { describe, expect, inject, test } from 'vitest';
import { holdLock } from '../../support/database.ts';
import { expectProblem } from '../../support/problem.ts';
import { pathOf } from '../../support/senders.ts';
import { type Answer, type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();

let calls = 0;
async function createCall(): Promise<string> {
  calls += 1;
  const id = `KEPT${calls}`;
  await server.createCall(id);
  return id;
}

const words = { sold: true };
const mappingOf = (more: object = {}) => ({
  fields: { call_log_id: 'id', reason: 'note', converted: { from: 'status', words: { ...words, ...more } } },
});
const keeping = (mapping: unknown = mappingOf(), more: object = {}) =>
  server.createWebhook('update_fields', { mapping, on_unreadable: 'keep', ...more });
const correct = (webhook: TestWebhook, mapping: unknown) =>
  server.api('PATCH', `/webhooks/incoming/${webhook.id}`, { mapping });
const replayKept = (webhook: TestWebhook) =>
  server.api('POST', `/webhooks/incoming/${webhook.id}/replay-kept`);
const read = async (answer: Answer) =>
  (await server.api('GET', `/postbacks/${answer.json.postback_id}`)).json;
const keptOf = async (webhook: TestWebhook) =>
  (await server.api('GET', `/postbacks?webhook_id=${webhook.id}&status=kept`)).json.items;

/** On Citus the requests before them give up, before so many runs have read what they replay. */
const testRuns = test.skipIf(inject('citusWorkers').length > 0);

/** Holds the log until all of this waits in the writer: the runs meet in batches there, behind the requests. */
async function replayBehind(
  webhook: TestWebhook,
  requests: () => Promise<Answer>[],
  runs = 8,
): Promise<Answer[]> {
  const log = await holdLock(server.database, 'lock table postback in exclusive mode');
  const before = requests();
  const started: Promise<Answer>[] = [];
  try {
    await expect.poll(() => queueDepth()).toBe(before.length);
    for (let run = 0; run < runs; run += 1) started.push(replayKept(webhook));
    await expect.poll(() => queueDepth()).toBeGreaterThanOrEqual(before.length + runs);
  } finally {
    await log.release(); // also where the test fails: the others of this file wait for it
  }
  await Promise.all(before);
  return Promise.all(started);
}

async function queueDepth(): Promise<number> {
  const { text } = await server.request('/metrics');
  return Number(/^ringback_queue_depth (\d+)/m.exec(text)?.[1]);
}

describe('a request that cannot be read', () => {
  test('is kept with every error, and uses up no transaction id', async () => {
    const webhook = await keeping();
    const id = await createCall();
    const answer = await server.post(webhook, {
      ...{ id, status: 'pending', revenue_paid_out: 'x', transaction_id: 'T' },
    });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({
      status: 'kept',
      errors: [{ field: 'converted', code: 'unknown_word' }, { field: 'revenue_paid_out' }],
    });
    expect(answer.headers.get('x-postback-status')).toBe('kept');
    expect(await read(answer)).toMatchObject({
      status: 'kept',
      code: 'unknown_word',
      answer: { status: 202 },
    });
    const good = await server.post(webhook, { id, status: 'sold', transaction_id: 'T' });
    expect(good.json).toMatchObject({ status: 'applied', duplicate: false });
  });

  test('is applied when the mapping can read it, once, however often it is replayed', async () => {
    const webhook = await keeping();
    const id = await createCall();
    const first = await server.post(webhook, { id, status: 'won', note: 'first' });
    const second = await server.post(webhook, { id, status: 'won', note: 'second' });
    expect((await replayKept(webhook)).json).toMatchObject({ replayed: 2, summary: { kept: 2, applied: 0 } });
    await correct(webhook, mappingOf({ won: true }));
    const runs = await Promise.all([replayKept(webhook), replayKept(webhook), replayKept(webhook)]);
    const applied = runs.map(({ json }) => json.summary.applied).reduce((sum, one) => sum + one, 0);
    expect(applied).toBe(2);
    expect((await replayKept(webhook)).json).toMatchObject({ replayed: 0 });
    expect(await keptOf(webhook)).toEqual([]);
    expect(await server.readCall(id)).toMatchObject({ converted: true, reason: 'second' });
    expect(await read(first)).toMatchObject({ status: 'applied', code: null, answer: { status: 202 } });
    expect(await read(second)).toMatchObject({ status: 'applied', changes: { reason: { from: 'first' } } });
    const timeline = await server.api('GET', `/calls/${id}/timeline`);
    expect(timeline.text.match(/"postback"/g)).toHaveLength(2);
  });

  testRuns('is applied once by runs that meet in one batch, and each of them tells what it did', async () => {
    const webhook = await keeping();
    const [id, ...others] = await Promise.all(Array.from({ length: 9 }, createCall));
    const kept = await server.post(webhook, { id, status: 'won' });
    await correct(webhook, mappingOf({ won: true }));
    const runs = await replayBehind(webhook, () =>
      others.map((other) => server.post(webhook, { id: other, status: 'sold' })),
    );
    expect(runs.map(({ status, json }) => [status, json.replayed])).toEqual(runs.map(() => [200, 1]));
    expect(runs.map(({ json }) => json.summary.applied).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await read(kept)).toMatchObject({ status: 'applied' });
  });

  test('is not applied twice when its sender has sent it again', async () => {
    const webhook = await keeping();
    const id = await createCall();
    const sent = { id, status: 'won', transaction_id: 'AGAIN' };
    const kept = await server.post(webhook, sent);
    await correct(webhook, mappingOf({ won: true }));
    expect((await server.post(webhook, sent)).json).toMatchObject({ status: 'applied' });
    expect((await replayKept(webhook)).json).toMatchObject({ summary: { duplicate: 1, applied: 0 } });
    expect(await read(kept)).toMatchObject({ status: 'unchanged' });
    expect(await keptOf(webhook)).toEqual([]);
  });

  test('is rejected for what only the call can tell, and can then be replayed alone', async () => {
    const webhook = await keeping();
    const kept = await server.post(webhook, { id: 'KEPT-LATE', status: 'won' });
    await correct(webhook, mappingOf({ won: true }));
    expect((await replayKept(webhook)).json).toMatchObject({ summary: { rejected: 1 } });
    expect(await read(kept)).toMatchObject({ status: 'rejected', code: 'call_not_found' });
    await server.createCall('KEPT-LATE');
    const replayed = await server.api('POST', `/postbacks/${kept.json.postback_id}/replay`);
    expect(replayed.json).toMatchObject({ status: 'applied' });
  });

  test('becomes several postbacks when the mapping finds several records in it', async () => {
    const webhook = await keeping({ fields: { call_log_id: 'id', reason: 'note' } });
    const [a, b] = [await createCall(), await createCall()];
    const body = [
      { id: a, note: 'a' },
      { id: b, note: 'b' },
      { id: a, note: 'c' },
    ];
    const kept = await server.post(webhook, body);
    expect([kept.status, kept.json.status]).toEqual([202, 'kept']);
    await correct(webhook, { each: '', fields: { call_log_id: 'id', reason: 'note' } });
    expect((await replayKept(webhook)).json).toMatchObject({ replayed: 1, summary: { applied: 3 } });
    expect(await server.readCall(a)).toMatchObject({ reason: 'c' });
    expect(await server.readCall(b)).toMatchObject({ reason: 'b' });
  });

  test('stays rejected for what is no matter of reading', async () => {
    const webhook = await keeping(mappingOf(), { verify: 'basic', secrets: ['acme:password-of-acme'] });
    expectProblem(await server.post(webhook, { status: 'pending' }), 403, 'invalid_signature');
    const forbidden = await keeping(mappingOf(), { allowed_fields: ['reason'] });
    const more = { id: 'x', status: 'pending', publisher_paid_out: '1' };
    expectProblem(await server.post(forbidden, more), 403, 'field_not_allowed');
    const missing = await keeping();
    expectProblem(await server.post(missing, { id: 'nowhere', status: 'sold' }), 404, 'call_not_found');
    const broken = await server.request(`${pathOf(missing)}?auth_key=${missing.auth_key}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":' },
    });
    expectProblem(broken, 400, 'malformed_body');
  });
});

describe('a mapping with each', () => {
  test('makes a postback of each record, and answers as a batch', async () => {
    const mapping = {
      each: '/data/items',
      only_when: [{ from: 'event', in: ['end'] }],
      fields: {
        call_log_id: 'id',
        reason: ['note', '/batch/note'],
        'add.app': '/app',
        transaction_id: 'query.run',
      },
    };
    const webhook = await server.createWebhook('update_fields', {
      mapping: { ...mapping, fields: { ...mapping.fields, reason: { from: ['note', '/batch/note'] } } },
    });
    const id = await createCall();
    const body = {
      app: 'dialer',
      data: {
        items: [
          { id, event: 'end', note: 'x' },
          { id, event: 'start' },
          { event: 'end' },
          7,
          { id, event: 'end' },
        ],
      },
      batch: { note: 'shared' },
    };
    const answer = await server.post(webhook, body);
    expect(answer.json).toMatchObject({
      summary: { applied: 2, ignored: 1, rejected: 2 },
      results: [
        { index: 0, status: 'applied', changes: { 'tags.app': { to: 'dialer' } } },
        { index: 1, status: 'ignored' },
        { index: 2, status: 'rejected', code: 'call_not_identified' },
        { index: 3, status: 'rejected', code: 'malformed_body' },
        { index: 4, status: 'applied', changes: { reason: { from: 'x', to: 'shared' } } },
      ],
    });
    const one = await server.post(webhook, { data: { items: [{ id, event: 'end', note: 'y' }] } });
    expect(one.json).toMatchObject({ summary: { applied: 1 }, results: [{ status: 'applied' }] });
    const none = await server.post(webhook, { data: 5 });
    expectProblem(none, 422, 'invalid_value');
    expect(none.json.detail).toContain('/data/items');
  });

  test('ignores a request of another kind, which has no records', async () => {
    const webhook = await keeping({
      ...{ each: '/data', only_when: [{ from: '/type', in: ['call.ended'] }] },
      fields: { call_log_id: 'id', reason: 'note' },
    });
    const ping = await server.post(webhook, { type: 'ping' });
    expect([ping.status, ping.json]).toEqual([200, { status: 'ignored' }]);
    for (const data of [{ id: 'x' }, [{ id: 'x' }, { id: 'y' }]]) {
      const other = await server.post(webhook, { type: 'call.started', data });
      expect(other.json).toMatchObject({
        status: 'ignored',
        results: [data].flat().map(() => ({ status: 'ignored' })),
      });
    }
    const ended = await server.post(webhook, { type: 'call.ended' });
    expect(ended.json).toMatchObject({ status: 'kept', errors: [{ field: '/data' }] });
  });

  test('replays one record of several as it was read', async () => {
    const mapping = { each: '', fields: { call_log_id: 'id', reason: 'header.x-note', 'add.n': 'n' } };
    const webhook = await server.createWebhook('update_fields', { mapping });
    const answer = await server.post(
      webhook,
      [
        { id: 'KEPT-R1', n: 1 },
        { id: 'KEPT-R2', n: 2 },
      ],
      { 'x-note': 'hi' },
    );
    await server.createCall('KEPT-R2');
    const { postback_id: postbackId } = answer.json.results[1];
    const replayed = await server.api('POST', `/postbacks/${postbackId}/replay`);
    expect(replayed.json).toMatchObject({
      status: 'applied',
      changes: { reason: { to: 'hi' }, 'tags.n': { to: '2' } },
    });
  });
});

describe('a call event that cannot be read', () => {
  test('is kept by default, and makes its call when the mapping is corrected', async () => {
    const fields = { call_log_id: '/call/id', state: { from: '/call/state', words: { ended: 'completed' } } };
    const webhook = await server.createWebhook('calls', { mapping: { fields } });
    const kept = await server.post(webhook, { call: { id: 'KEPT-CALL', state: 'hangup' } });
    expect([kept.status, kept.json.status]).toEqual([202, 'kept']);
    const state = { from: '/call/state', words: { ended: 'completed', hangup: 'completed' } };
    await correct(webhook, { fields: { ...fields, state } });
    expect((await replayKept(webhook)).json).toMatchObject({ replayed: 1, summary: { rejected: 0 } });
    expect(await server.readCall('KEPT-CALL')).toMatchObject({ state: 'completed' });
    expect(await keptOf(webhook)).toEqual([]);
    expect((await replayKept(webhook)).json).toMatchObject({ replayed: 0 });
    expect(await read(kept)).toMatchObject({ status: 'created', call_log_id: 'KEPT-CALL' });
  });

  test('is not kept any longer when its sender has sent it again, or something newer under its id', async () => {
    const mapping = (words: object) => ({
      fields: { call_log_id: 'id', state: { from: 'state', words }, buyer: 'buyer', transaction_id: 'run' },
    });
    const webhook = await server.createWebhook('calls', { mapping: mapping({ ended: 'completed' }) });
    const [same, older] = ['KEPT-SAME', 'KEPT-OLDER'].map((id) => ({ id, run: id, state: 'hangup' }));
    const kept = [await server.post(webhook, same), await server.post(webhook, older)];
    await correct(webhook, mapping({ ended: 'completed', hangup: 'completed' }));
    await server.post(webhook, same);
    await server.post(webhook, { ...older, buyer: 'b' });
    expect((await replayKept(webhook)).json).toMatchObject({
      replayed: 2,
      summary: { duplicate: 2, rejected: 0 },
    });
    expect(await keptOf(webhook)).toEqual([]);
    for (const answer of kept) expect(await read(answer)).toMatchObject({ status: 'unchanged' });
    expect((await replayKept(webhook)).json).toMatchObject({ replayed: 0 });
  });

  testRuns('makes its call once by runs that meet in one batch', async () => {
    const fields = { call_log_id: 'id', state: { from: 'state', words: { ended: 'completed' } } };
    const webhook = await server.createWebhook('calls', { mapping: { fields } });
    const kept = await server.post(webhook, { id: 'KEPT-ONCE', state: 'hangup' });
    const state = { from: 'state', words: { ended: 'completed', hangup: 'completed' } };
    await correct(webhook, { fields: { ...fields, state } });
    const runs = await replayBehind(webhook, () => [
      server.post(webhook, { id: 'KEPT-BEFORE', state: 'ended' }),
    ]);
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 200));
    expect(runs.map(({ json }) => json.summary.created ?? 0).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await read(kept)).toMatchObject({ status: 'created', call_log_id: 'KEPT-ONCE' });
  });
});
