/** What people do with postbacks that found no call: nearest calls, attach, dismiss, and the end of the wait. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { startTestServer, startTestServerOn, type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;
let rejecting: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook('update_fields', { unmatched: 'wait' });
  rejecting = await server.createWebhook();
});
async function logged(id: string) {
  return (await server.api('GET', `/postbacks/${id}`)).json;
}

async function wait(body: object): Promise<string> {
  return (await server.post(webhook, body)).json.postback_id;
}

async function actsOn(id: string) {
  const { json } = await server.api('GET', `/audit?target_id=${id}`);
  return json.items.map(({ action, changes }: { action: string; changes: object }) => ({ action, changes }));
}

describe('attach', () => {
  test('applies a waiting postback to the call that is named, once, and says who did it', async () => {
    await server.createCall('A1');
    const id = await wait({ call_log_id: 'A1-typo', revenue_paid_out: 3, transaction_id: 'a1' });
    const dry = await server.api('POST', `/postbacks/${id}/attach`, { call_log_id: 'A1', dry_run: true });
    expect(dry.json).toMatchObject({ status: 'applied', dry_run: true, call_log_id: 'A1' });
    const inQuery = await server.api('POST', `/postbacks/${id}/attach?dry_run=true`, { call_log_id: 'A1' });
    expect(inQuery.json).toMatchObject({ status: 'applied', dry_run: true });
    const bare = await server.api('POST', `/postbacks/${id}/attach?dry_run`, { call_log_id: 'A1' });
    expect(bare.json).toMatchObject({ status: 'applied', dry_run: true });
    expect((await server.readCall('A1')).revenue_paid_out).toBeNull();
    expect(await logged(id)).toMatchObject({ status: 'waiting' });
    const done = await server.api('POST', `/postbacks/${id}/attach`, { call_log_id: 'A1' });
    expect(done.status).toBe(200);
    expect(done.json.changes).toEqual({ revenue_paid_out: { from: null, to: '3.00' } });
    expect((await server.readCall('A1')).revenue_paid_out).toBe('3.00');
    expect(await logged(id)).toMatchObject({ status: 'applied', call_log_id: 'A1', attached_by: 'owner' });
    const { json: timeline } = await server.api('GET', '/calls/A1/timeline');
    expect(timeline.items).toContainEqual(expect.objectContaining({ postback_id: id, attached_by: 'owner' }));
    expect(await actsOn(id)).toMatchObject([{ action: 'postback.attached' }]);
    expectProblem(
      await server.api('POST', `/postbacks/${id}/attach`, { call_log_id: 'A1' }),
      409,
      'not_replayable',
    );
  });

  test('leaves its id in effect: the sender’s retry gets the first response, also of one that was rejected', async () => {
    await server.createCall('A5');
    const body = { call_log_id: 'A5-typo', revenue_paid_out: 3, transaction_id: 'a5' };
    for (const [type, status] of [
      [webhook, 202],
      [rejecting, 200],
    ] as const) {
      const { json } = await server.post(type, body);
      await server.api('POST', `/postbacks/${json.postback_id}/attach`, { call_log_id: 'A5' });
      const retry = await server.post(type, body);
      expect(retry).toMatchObject({ status, json: { duplicate: true } });
    }
    expectProblem(await server.post(webhook, { ...body, revenue_paid_out: 4 }), 409, 'transaction_id_reused');
  });

  test('makes a leg that waits a part of the call that is named', async () => {
    const calls = await server.createWebhook('calls');
    await server.createCall('A6');
    const leg = { call_log_id: 'A6-leg', parent_call_log_id: 'A6-typo', connected_seconds: 30 };
    const { json } = await server.post(calls, leg);
    await wait({ call_log_id: 'A6-leg', revenue_paid_out: 7 });
    const attach = (body: object) => server.api('POST', `/postbacks/${json.postback_id}/attach`, body);
    expect((await attach({ call_log_id: 'A6', dry_run: true })).json).toMatchObject({ status: 'applied' });
    expect(await server.readCall('A6')).toMatchObject({ other_ids: [] });
    expect((await attach({ call_log_id: 'A6' })).json).toMatchObject({
      status: 'applied',
      call_log_id: 'A6',
    });
    const call = { other_ids: ['A6-leg'], connected_seconds: 30, revenue_paid_out: '7.00' };
    expect(await server.readCall('A6')).toMatchObject(call);
    expect(await logged(json.postback_id)).toMatchObject({ status: 'applied', attached_by: 'owner' });
  });

  test('makes a leg that waits for that leg a part of the call, too', async () => {
    const calls = await server.createWebhook('calls');
    await server.createCall('A7');
    await server.post(calls, { call_log_id: 'A7-leg-of-leg', parent_call_log_id: 'A7-leg' });
    const leg = await server.post(calls, { call_log_id: 'A7-leg', parent_call_log_id: 'A7-typo' });
    const path = `/postbacks/${leg.json.postback_id}/attach`;
    expect((await server.api('POST', path, { call_log_id: 'A7' })).json).toMatchObject({ status: 'applied' });
    expect(await server.readCall('A7')).toMatchObject({ other_ids: ['A7-leg', 'A7-leg-of-leg'] });
  });

  test('queues it for a live call', async () => {
    await server.createCall('A2', { state: 'live' });
    const id = await wait({ phone_number: '+14155550199', revenue_paid_out: 3 });
    const { status, json } = await server.api('POST', `/postbacks/${id}/attach`, { call_log_id: 'A2' });
    expect(status).toBe(202);
    expect(json.status).toBe('queued');
    expect((await server.api('POST', '/calls/A2/complete')).json.revenue_paid_out).toBe('3.00');
  });

  test('sends a rejected postback through again for the call that is named', async () => {
    await server.createCall('A3');
    for (const body of [
      { call_log_id: 'A3-typo', add: { a: '1' } },
      { phone_number: '+14155550188', add: { b: '1' } },
      { phone_number: '213555XXXX', add: { c: '1' } },
      { add: { d: '1' } },
    ]) {
      const { json } = await server.post(rejecting, body);
      expect(json.status).toBeGreaterThanOrEqual(400);
      const attach = () => server.api('POST', `/postbacks/${json.postback_id}/attach`, { call_log_id: 'A3' });
      expect((await attach()).json).toMatchObject({ status: 'applied', duplicate: false });
      expect((await attach()).json).toMatchObject({ status: 'applied', duplicate: true });
      expect(await actsOn(json.postback_id)).toHaveLength(1);
    }
    expect((await server.readCall('A3')).tags).toEqual({ a: '1', b: '1', c: '1', d: '1' });
  });

  test('is rejected for an unknown call, and for a fault that no call corrects', async () => {
    const id = await wait({ call_log_id: 'A4', revenue_paid_out: 3 });
    for (const dry_run of [true, false]) {
      const answer = await server.api('POST', `/postbacks/${id}/attach`, { call_log_id: 'none', dry_run });
      expectProblem(answer, 404, 'call_not_found');
    }
    const { json } = await server.post(rejecting, { call_log_id: 'A4', revenue_paid_out: -1 });
    await server.createCall('A5');
    const answer = await server.api('POST', `/postbacks/${json.postback_id}/attach`, { call_log_id: 'A5' });
    expectProblem(answer, 422, 'invalid_value');
    expect((await server.api('POST', `/postbacks/${id}/attach`, {})).status).toBe(422);
    expectProblem(
      await server.api('POST', '/postbacks/none/attach', { call_log_id: 'A5' }),
      404,
      'not_found',
    );
  });
});

describe('dismiss', () => {
  test('ends the wait, once, and says who did it and why', async () => {
    const id = await wait({ call_log_id: 'D1', revenue_paid_out: 3 });
    for (const reason of ['A test', 'Again']) {
      const { status, json } = await server.api('POST', `/postbacks/${id}/dismiss`, { reason });
      expect(status).toBe(200);
      expect(json).toMatchObject({
        status: 'rejected',
        code: 'call_not_found',
        dismissed: { by: 'owner', reason: 'A test' },
        answer: { status: 202 },
      });
    }
    expect(await actsOn(id)).toMatchObject([
      { action: 'postback.dismissed', changes: { status: { from: 'waiting', to: 'rejected' } } },
    ]);
    expect((await server.createCall('D1')).revenue_paid_out).toBeNull();
  });

  test('leaves a rejected postback as it was answered', async () => {
    const { json } = await server.post(rejecting, { call_log_id: 'D2', revenue_paid_out: 3 });
    await server.api('POST', `/postbacks/${json.postback_id}/dismiss`, { reason: 'Spam' });
    expect(await logged(json.postback_id)).toMatchObject({
      status: 'rejected',
      code: 'call_not_found',
      dismissed: { reason: 'Spam' },
      answer: { status: 404, body: json },
    });
  });

  test('is rejected for one that was applied', async () => {
    await server.createCall('D3');
    const { json } = await server.post(rejecting, { call_log_id: 'D3', revenue_paid_out: 3 });
    expectProblem(
      await server.api('POST', `/postbacks/${json.postback_id}/dismiss`, { reason: 'x' }),
      409,
      'not_replayable',
    );
  });
});

describe('after its time', () => {
  test('a postback has expired, with the code that it would have been rejected with, and can be attached', async () => {
    const byId = await wait({ call_log_id: 'E1-typo', revenue_paid_out: 3 });
    const byNumber = await wait({ phone_number: '+14155550166', revenue_paid_out: 4 });
    await server.database.query(
      `update postback set waits_until = now() - interval '1 s' where postback_id in ('${byId}', '${byNumber}')`,
    );
    // Not yet marked, but its time is over.
    expect((await server.createCall('E1-typo')).revenue_paid_out).toBeNull();
    const other = await startTestServerOn(server.database); // looks when it starts
    await expect.poll(async () => (await logged(byId)).status).toBe('expired');
    await other.stop();
    expect(await logged(byId)).toMatchObject({ code: 'call_not_found', answer: { status: 202 } });
    expect(await logged(byNumber)).toMatchObject({ status: 'expired', code: 'no_call_in_window' });
    const { json } = await server.api('POST', `/postbacks/${byNumber}/attach`, { call_log_id: 'E1-typo' });
    expect(json).toMatchObject({ status: 'applied', call_log_id: 'E1-typo' });
    expect(await logged(byNumber)).toMatchObject({ status: 'applied', code: null });
  });
});

describe('nearest', () => {
  test('are up to five calls: the number counts first, then the time', async () => {
    const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const fresh = await startTestServer();
    const hook = await fresh.createWebhook('update_fields', { unmatched: 'wait', match_window_hours: 1 });
    await fresh.createCall('same-old', { phone_number: '+12135550142', started_at: at(90) });
    await fresh.createCall('one-off', { phone_number: '+12135550143', started_at: at(1) });
    await fresh.createCall('no-number', { started_at: at(2) });
    await fresh.createCall('other', { phone_number: '+14157772299', started_at: at(2) });
    const { json } = await fresh.post(hook, { phone_number: '+12135550142', converted: true });
    const { json: list } = await fresh.api('GET', '/postbacks?status=waiting');
    expect(list.items).toHaveLength(1);
    expect(list.items[0].nearest).toMatchObject([
      { call_log_id: 'same-old', distance: { number: 0, seconds: expect.closeTo(5_400, -2) } },
      { call_log_id: 'one-off', distance: { number: 1, seconds: expect.closeTo(60, -2) } },
      { call_log_id: 'no-number', distance: { number: null } },
    ]);
    const { json: one } = await fresh.api('GET', `/postbacks/${json.postback_id}`);
    expect(one.nearest).toEqual(list.items[0].nearest);
    for (let n = 0; n < 7; n += 1) await fresh.createCall(`near-${n}`, { started_at: at(n) });
    const { json: byId } = await fresh.post(hook, { call_log_id: 'unknown', converted: true });
    const { nearest } = (await fresh.api('GET', `/postbacks/${byId.postback_id}`)).json;
    expect(nearest).toHaveLength(5);
    expect(nearest[0]).toMatchObject({ call_log_id: 'near-0', distance: { number: null } });
    await fresh.stop();
  });
});

describe('the list of what is open', () => {
  const open = async (query: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const { status, json } = await server.api('GET', `/postbacks?open=true&limit=2${query}${cursor}`);
      expect(status).toBe(200);
      ids.push(...json.items.map(({ id }: { id: string }) => id));
      if (json.next_cursor === null) return ids;
      cursor = `&cursor=${json.next_cursor}`;
    }
  };

  test('has what waits or found no call, until it is attached, replayed or dismissed', async () => {
    const waits = await server.createWebhook('update_fields', { unmatched: 'wait' });
    const rejecting = await server.createWebhook();
    await server.createCall('O1');
    const send = async (to: TestWebhook, body: object): Promise<string> =>
      (await server.post(to, body)).json.postback_id;
    const waiting = [await send(waits, { call_log_id: 'O2', revenue_paid_out: 1 })];
    waiting.push(await send(waits, { call_log_id: 'O3', revenue_paid_out: 1 }));
    const rejected: string[] = [];
    for (const revenue_paid_out of [1, 2, 3, 4, 5])
      rejected.push(await send(rejecting, { call_log_id: 'O1-typo', revenue_paid_out }));
    await send(rejecting, { call_log_id: 'O1', revenue_paid_out: -1 });
    await send(rejecting, { call_log_id: 'O1-typo', revenue_paid_out: 1, dry_run: true });
    await send(rejecting, { call_log_id: 'O1', revenue_paid_out: 1 });
    expect(await open(`&webhook_id=${rejecting.id}`)).toEqual(rejected.toReversed());
    expect(await open(`&webhook_id=${waits.id}`)).toEqual(waiting.toReversed());
    expect((await open('')).slice(0, 7)).toEqual([...waiting, ...rejected].toReversed());
    expect((await open('&status=waiting')).slice(0, 2)).toEqual(waiting.toReversed());

    const act = async (id: string | undefined, path: string, body: object) =>
      expect((await server.api('POST', `/postbacks/${id}/${path}`, body)).status).toBe(200);
    await act(rejected[0], 'attach', { call_log_id: 'O1' });
    await act(rejected[1], 'dismiss', { reason: 'A test' });
    await act(waiting[0], 'dismiss', { reason: 'A test' });
    await act(waiting[1], 'attach', { call_log_id: 'O1' });
    await server.createCall('O1-typo');
    await act(rejected[2], 'replay', {});
    expect(await open(`&webhook_id=${rejecting.id}`)).toEqual([rejected[4], rejected[3]]);
    expect(await open(`&webhook_id=${waits.id}`)).toEqual([]);
  });

  test('and the overview counts none that was dismissed', async () => {
    const count = async () => {
      const { json } = await server.api('GET', '/overview/attention');
      const items: { kind: string; code: string; count: number }[] = json.items;
      return items.find(({ kind, code }) => kind === 'unmatched' && code === 'call_not_found')?.count ?? 0;
    };
    const before = await count();
    const { json } = await server.post(rejecting, { call_log_id: 'never', revenue_paid_out: 3 });
    expect(await count()).toBe(before + 1);
    await server.api('POST', `/postbacks/${json.postback_id}/dismiss`, { reason: 'A test' });
    expect(await count()).toBe(before);
  });
});

describe('attach-matching', () => {
  const attach = async (body: object = {}) => {
    const { status, json } = await server.api('POST', '/postbacks/attach-matching', body);
    expect(status).toBe(200);
    return json;
  };

  test('attaches what one call alone can be meant by, once, and leaves the rest', async () => {
    const mine = await server.createWebhook('update_fields', { match_window_hours: 1 });
    const send = async (phone_number: string, reason: string, type: TestWebhook = mine) =>
      (await server.post(type, { phone_number, reason })).json.postback_id;
    const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString();
    const rejected = await send('+14155550171', 'rejected');
    const waiting = await send('+14155550172', 'waiting', webhook);
    const twice = await send('+14155550173', 'two calls have the number');
    const dismissed = await send('+14155550174', 'dismissed');
    await send('+14155550175', 'no call has the number');
    const data = await server.createWebhook('call_data');
    await server.post(data, { phone_number: '+14155550176', source: 'ad' });
    for (const [id, number] of Object.entries({ M1: 1, M2: 2, M3: 3, M4: 3, M5: 4, M6: 6 })) {
      await server.createCall(id, { phone_number: `+1415555017${number}`, started_at: monthAgo });
    }
    await server.api('POST', `/postbacks/${dismissed}/dismiss`, { reason: 'A test' });
    const became = (to: string) => ({
      ...{ status: 'applied', code: null, changes: { reason: { from: null, to } } },
    });
    const items = [
      { postback_id: rejected, call_log_id: 'M1', ...became('rejected') },
      { postback_id: waiting, call_log_id: 'M2', ...became('waiting') },
    ];
    const dry = await attach({ dry_run: true });
    expect(dry).toMatchObject({ dry_run: true, items, next_cursor: null });
    expect((await server.readCall('M1')).reason).toBeNull();
    expect((await attach({ webhook_id: webhook.id, dry_run: true })).items).toEqual(items.slice(1));
    expect((await attach({ status: 'waiting', dry_run: true })).items).toEqual(items.slice(1));
    expect((await attach({ code: 'no_call_in_window', status: 'rejected', dry_run: true })).items).toEqual(
      items.slice(0, 1),
    );
    expect((await attach({ to: '2020-01-01' })).items).toEqual([]);
    const done = await attach();
    expect(done).toEqual({
      dry_run: false,
      summary: { applied: 2, unchanged: 0, queued: 0, duplicate: 0, rejected: 0 },
      items,
      next_cursor: null,
    });
    expect((await server.readCall('M1')).reason).toBe('rejected');
    expect((await server.readCall('M2')).reason).toBe('waiting');
    expect((await server.readCall('M6')).tags).toEqual({});
    expect(await logged(twice)).toMatchObject({ status: 'rejected' });
    expect(await actsOn(rejected)).toMatchObject([{ action: 'postback.attached' }]);
    expect((await attach()).items).toEqual([]);
  });

  test('goes on by its cursor behind what was rejected', async () => {
    const mine = await server.createWebhook('update_fields', { match_window_hours: 1 });
    const started_at = new Date(Date.now() - 30 * 86_400_000).toISOString();
    const full = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, 'v']));
    for (const [id, tags] of Object.entries({ 'next-1': full, 'next-2': full, 'next-3': {} })) {
      const phone_number = `+1415555018${id.at(-1)}`;
      await server.post(mine, { phone_number, add: { one: 'more' } });
      await server.createCall(id, { phone_number, started_at, tags });
    }
    const body = { webhook_id: mine.id, limit: 2 };
    const first = await attach(body);
    expect(first.items).toMatchObject([{ code: 'too_many_tags' }, { code: 'too_many_tags' }]);
    const second = await attach({ ...body, cursor: first.next_cursor });
    expect(second).toMatchObject({
      items: [{ call_log_id: 'next-3', status: 'applied' }],
      next_cursor: null,
    });
  });

  test.each([
    [{ webhook_id: 'x' }],
    [{ from: 'x' }],
    [{ limit: 0 }],
    [{ cursor: 'x' }],
    [{ status: 'applied' }],
    [{ other: 1 }],
  ])('rejects %j', async (body) => {
    const answer = await server.api('POST', '/postbacks/attach-matching', body);
    expect(answer.status).toBe(422);
  });
});
