/** A rejected postback goes through again: the same request, the same pipeline, done once (`POST /postbacks/{id}/replay`). */
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { postbackIdOf, replaysOf } from '../../support/replays.ts';
import { postText } from '../../support/senders.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const { replay, read, rejected } = replaysOf(() => ({ server, webhook }));

describe('after its cause is corrected, a rejected postback is applied', () => {
  test('whose call was not known yet; log and timeline say that it is a replay, and whose', async () => {
    const id = await rejected(
      { call_log_id: 'late', revenue_paid_out: 12.5, add: ['deal:won'] },
      'call_not_found',
    );
    await server.createCall('late');
    const answer = await replay(id);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        postback_id: expect.any(String),
        status: 'applied',
        duplicate: false,
        call_log_id: 'late',
        matched_by: 'call_log_id',
        candidates: 1,
        changes: {
          revenue_paid_out: { from: null, to: '12.50' },
          'tags.deal': { from: null, to: 'won' },
        },
        ignored: [],
      },
    ]);
    expect(postbackIdOf(answer)).toBe(answer.json.postback_id);
    const first = await read(id);
    expect(first).toMatchObject({
      status: 'rejected',
      code: 'call_not_found',
      replay_of: null,
      replayed_by: null,
      batch_id: null,
    });
    const logged = await read(answer.json.postback_id);
    expect(logged).toMatchObject({
      ...{ status: 'applied', webhook_id: webhook.id, replay_of: id, replayed_by: 'owner' },
      request: first.request,
    });
    expect(Date.parse(logged.received_at)).toBeGreaterThan(Date.parse(first.received_at));
    const { json } = await server.api('GET', '/calls/late/timeline');
    expect(json.items.filter(({ kind }: { kind: string }) => kind === 'postback')).toMatchObject([
      { status: 'rejected', postback_id: id, by: 'Test update_fields' },
      {
        status: 'applied',
        postback_id: logged.id,
        by: 'Test update_fields',
        replay_of: id,
        replayed_by: 'owner',
      },
    ]);
    expect((await server.api('GET', `/postbacks?replay_of=${id}`)).json.items).toMatchObject([
      { id: logged.id },
    ]);
  });

  test('whose webhook was paused', async () => {
    const paused = await server.createWebhook();
    await server.createCall('paused');
    await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: true });
    const id = await rejected({ call_log_id: 'paused', reason: 'r' }, 'webhook_paused', paused);
    const still = await replay(id);
    expectProblem(still, 403, 'webhook_paused');
    expect(await read(postbackIdOf(still))).toMatchObject({ code: 'webhook_paused', replay_of: id });
    await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: false });
    expect((await replay(id)).json.status).toBe('applied');
  });

  test('whose call was live, and whose number is read with the account’s new country', async () => {
    await server.createCall('was live', { state: 'live' });
    const live = await rejected({ call_log_id: 'was live', publisher_paid_out: '3' }, 'call_not_completed');
    await server.api('POST', '/calls/was%20live/complete');
    expect((await replay(live)).json.status).toBe('applied');

    await server.createCall('german', { phone_number: '+4930901820' });
    const id = await rejected({ phone_number: '030901820', reason: 'r' }, 'invalid_phone_number');
    await server.api('PATCH', '/account', { default_country: 'DE' });
    expect((await replay(id)).json).toMatchObject({ status: 'applied', call_log_id: 'german' });
    await server.api('PATCH', '/account', { default_country: 'US' });
  });

  test('in whatever form it came, with every digit', async () => {
    const digits = '99999999.9999';
    const json = await postText(server, webhook, `{"call_log_id":"forms","revenue_paid_out":${digits}}`);
    const form = await postText(
      server,
      webhook,
      'fields[reason]=a+%26+b&add[k]=v&add[k2]=none&call_converted_at=&call_log_id=other',
      'application/x-www-form-urlencoded',
      '?call_log_id=forms&utm=1&utm=2',
    );
    const query = await server.get(webhook, [
      ['call_log_id', 'forms'],
      ['remove', 'k2,k3'],
      ['no_payout_reason', 'caps_exceeded'],
      ['return', 'gif'],
    ]);
    for (const answer of [json, form, query]) expect(answer.status).toBe(404);
    await server.createCall('forms');
    await server.createCall('other', { call_converted_at: '2026-01-01T00:00:00Z' });
    expect((await replay(postbackIdOf(json))).json.changes.revenue_paid_out.to).toBe(digits);
    // The body wins over the query, and an empty text of a form is null.
    expect((await replay(postbackIdOf(form))).json).toMatchObject({
      ...{ call_log_id: 'other', ignored: ['utm'] },
      changes: {
        reason: { from: null, to: 'a & b' },
        call_converted_at: { from: '2026-01-01T00:00:00.000Z', to: null },
        'tags.k': { from: null, to: 'v' },
      },
    });
    expect((await replay(postbackIdOf(query))).json.changes).toEqual({
      no_payout_reason: { from: null, to: 'Caps exceeded' },
    });
  });

  test('as an item of a batch, and as a row of a file', async () => {
    const batch = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key, 'idempotency-key': 'B' },
      body: [{ call_log_id: 'item', reason: 'r' }, 'no object'],
    });
    const [item, broken] = batch.json.results;
    await server.createCall('item');
    expect((await replay(item.postback_id)).json).toMatchObject({ status: 'applied', call_log_id: 'item' });
    expectProblem(await replay(broken.postback_id), 409, 'not_replayable');

    const sent = await server.request('/api/v1/imports?import_key=K', {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
      body: 'call_log_id,call_converted_at,add\nrow,,"a:1,b:2"\n',
    });
    const row = JSON.parse(sent.text.split('\n')[0] ?? '');
    expect(row.code).toBe('call_not_found');
    await server.createCall('row', { call_converted_at: '2026-01-01T00:00:00Z' });
    const done = await replay(row.postback_id);
    expect(done.json.changes).toMatchObject({ 'tags.a': { to: '1' }, 'tags.b': { to: '2' } });
    expect((await read(done.json.postback_id)).transaction_id).toBe('K#1');
  });
});

describe('a replay counts from the first receipt', () => {
  /** Makes a rejected postback look as old as `days`. */
  async function age(id: string, days: number): Promise<string> {
    const at = new Date(Date.now() - days * 86_400_000).toISOString();
    await server.database.query('update postback set received_at = $2 where postback_id = $1', [id, at]);
    return at;
  }

  test('its match window, and its conversion time', async () => {
    const phone = '+12125550177';
    const id = await rejected({ phone_number: phone, converted: true }, 'no_call_in_window');
    const receivedAt = await age(id, 20);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await server.createCall('then', { phone_number: phone, started_at: daysAgo(21) });
    await server.createCall('now', { phone_number: phone, started_at: daysAgo(1) });
    const { json } = await replay(id);
    expect(json).toMatchObject({ call_log_id: 'then', candidates: 1 });
    expect(json.changes.call_converted_at.to).toBe(receivedAt);
  });

  test('and so it does where it waits for its call to complete', async () => {
    const id = await rejected({ call_log_id: 'waits', converted: true }, 'call_not_found');
    const receivedAt = await age(id, 3);
    await server.createCall('waits', { state: 'live' });
    expect(await replay(id)).toMatchObject({ status: 202, json: { status: 'queued', duplicate: false } });
    expect(await replay(id)).toMatchObject({ status: 202, json: { status: 'queued', duplicate: true } });
    await server.api('POST', '/calls/waits/complete');
    expect(await server.readCall('waits')).toMatchObject({ converted: true, call_converted_at: receivedAt });
  });
});

test('a dry run tells what a replay would do, and does nothing', async () => {
  const id = await rejected({ call_log_id: 'dry', revenue_paid_out: '7' }, 'call_not_found');
  expectProblem(await replay(id, { dry_run: true }), 404, 'call_not_found');
  await server.createCall('dry');
  for (const answer of [
    await replay(id, { dry_run: true }),
    await server.api('POST', `/postbacks/${id}/replay?dry_run=1`),
    await server.api('POST', `/postbacks/${id}/replay?dry_run`),
  ]) {
    expect(answer.json).toMatchObject({ dry_run: true, status: 'applied', duplicate: false });
    expect(answer.json.changes).toEqual({ revenue_paid_out: { from: null, to: '7.00' } });
    expect(await read(answer.json.postback_id)).toMatchObject({ dry_run: true, replay_of: id });
  }
  expect((await server.readCall('dry')).revenue_paid_out).toBeNull();
  expect((await replay(id)).json).toMatchObject({ status: 'applied', duplicate: false });
  expect((await replay(id, { dry_run: true })).json).toMatchObject({ duplicate: true, dry_run: true });
});
