/** The webhook type `calls`: call events from any source, on the way that postbacks take (docs/senders.md#calls). */
import { describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const calls = useWebhook(server, 'calls', { name: 'PBX' });
const strict = useWebhook(server, 'calls', { on_unreadable: 'refuse' });
const updates = useWebhook(server);

async function kindsOf(callLogId: string): Promise<string[]> {
  const { items } = (await server.api('GET', `/calls/${callLogId}/timeline`)).json;
  return items.map(({ kind, by }: { kind: string; by: string }) => `${kind} by ${by}`);
}

describe('an event', () => {
  test('creates a call, changes it, and is unchanged when sent again', async () => {
    const created = await server.post(calls, { call_log_id: 'A', phone_number: '2135550142', state: 'live' });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      ...{ status: 'created', duplicate: false, call_log_id: 'A', matched_by: 'call_log_id', candidates: 1 },
      ...{ changes: { phone_number: { from: null, to: '+12135550142' } }, ignored: [] },
    });
    const event = { call_log_id: 'A', state: 'completed', campaign: 'Solar', tags: { line: 2 }, utm: 'x' };
    const applied = await server.post(calls, event);
    expect(applied.status).toBe(200);
    expect(applied.json).toMatchObject({ status: 'applied', ignored: ['utm'] });
    expect(applied.json.changes).toMatchObject({ state: { from: 'live', to: 'completed' } });
    expect((await server.post(calls, event)).json.status).toBe('unchanged');
    expect(await server.readCall('A')).toMatchObject({
      state: 'completed',
      campaign: 'Solar',
      tags: { line: '2' },
    });
    expect(await kindsOf('A')).toEqual(['created by PBX', 'completed by PBX']);
  });

  test('may come by GET and as a form, with every field as text', async () => {
    const sent: [string, string][] = [
      ...([
        ['call_log_id', 'B'],
        ['phone_number', '(213) 555-0143'],
        ['state', 'Completed'],
      ] as const),
      ...([
        ['started_at', '2026-11-20T10:00:00Z'],
        ['ended_at', '2026-11-20T10:05:00Z'],
      ] as const),
      ...([
        ['answered_at', '2026-11-20T10:00:30Z'],
        ['converted', 'yes'],
        ['revenue_paid_out', '12.5'],
      ] as const),
      ...([
        ['other_ids', 'B1,B2'],
        ['tags[line]', '2'],
        ['add.source', 'pbx'],
        ['buyer', 'null'],
      ] as const),
      ...([
        ['direction', 'OUTBOUND'],
        ['recording_url', 'https://r.example/b.mp3'],
      ] as const),
    ].map(([name, value]) => [name, value]);
    expect((await server.get(strict, sent)).json).toMatchObject({ status: 'created' });
    expect(await server.readCall('B2')).toMatchObject({
      ...{ call_log_id: 'B', phone_number: '+12135550143', state: 'completed', duration_seconds: 300 },
      ...{ connected_seconds: 270, converted: true, revenue_paid_out: '12.50', other_ids: ['B1', 'B2'] },
      ...{ tags: { line: '2', source: 'pbx' }, buyer: null, direction: 'outbound' },
      ...{ recording_url: 'https://r.example/b.mp3' },
    });
  });

  test.each([
    [
      'IL',
      (ids: string) =>
        server.get(strict, [
          ['call_log_id', 'IL'],
          ['other_ids', ids],
        ]),
    ],
    ['IM', (ids: string) => server.post(strict, { call_log_id: 'IM', other_ids: ids })],
  ])('may have a list of ids as the text of JSON: %s', async (id, send) => {
    expect((await send(`["${id}1","${id}2"]`)).json).toMatchObject({ status: 'created' });
    expect((await server.readCall(id)).other_ids).toEqual([`${id}1`, `${id}2`]);
    expectProblem(await send(`["${id}3","${id}4`), 422, 'invalid_value');
  });

  test('of a caller who withholds the number makes a call without one', async () => {
    await server.post(calls, { call_log_id: 'C', phone_number: 'Restricted', state: 'completed' });
    expect(await server.readCall('C')).toMatchObject({ phone_number: null, caller_withheld: true });
  });

  test('completes a call with the updates that wait for it, and overrides none that a postback made', async () => {
    await server.post(calls, { call_log_id: 'D', state: 'live' });
    expect((await server.post(updates, { call_log_id: 'D', revenue_paid_out: '7' })).status).toBe(202);
    await server.post(calls, { call_log_id: 'D', state: 'completed' });
    await server.post(updates, { call_log_id: 'D', reason: null });
    const late = { call_log_id: 'D', state: 'live', revenue_paid_out: '1', reason: 'late', buyer: 'Acme' };
    expect((await server.post(calls, late)).json.changes).toEqual({ buyer: { from: null, to: 'Acme' } });
    expect(await server.readCall('D')).toMatchObject({
      state: 'completed',
      revenue_paid_out: '7.00',
      reason: null,
    });
  });

  test('lets the postbacks in that waited for the call', async () => {
    const patient = await server.createWebhook('update_fields', { unmatched: 'wait' });
    const waiting = await server.post(patient, { phone_number: '2135550199', revenue_paid_out: '4' });
    expect(waiting.json.status).toBe('waiting');
    await server.post(calls, { call_log_id: 'E', phone_number: '2135550199', state: 'completed' });
    expect(await server.readCall('E')).toMatchObject({ revenue_paid_out: '4.00' });
  });
});

describe('as with every postback', () => {
  test('a transaction id does it once; another event under it is rejected', async () => {
    const event = { call_log_id: 'F', buyer: 'Acme', transaction_id: 'f-1' };
    const [first, ...others] = await Promise.all(Array.from({ length: 6 }, () => server.post(calls, event)));
    const answers = [first, ...others].map((answer) => answer?.json);
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    for (const answer of answers) expect(answer).toEqual({ ...answers[0], duplicate: answer.duplicate });
    expectProblem(await server.post(calls, { ...event, buyer: 'Bolt' }), 409, 'transaction_id_reused');
    expectProblem(await server.post(calls, { ...event, call_log_id: 'F2' }), 409, 'transaction_id_reused');
    expect((await server.api('GET', '/calls/F2')).status).toBe(404);
  });

  test('a dry run tells what it would do, and does nothing', async () => {
    const answer = await server.post(calls, { call_log_id: 'G', state: 'completed', dry_run: true });
    expect(answer.json).toMatchObject({ status: 'created', dry_run: true, call_log_id: 'G' });
    expect((await server.api('GET', '/calls/G')).status).toBe(404);
  });

  test('the log has every request, rejected ones too, and a rejected one can be replayed', async () => {
    const rejected = await server.post(strict, { call_log_id: 'H', phone_number: '12' });
    expectProblem(rejected, 422, 'invalid_phone_number');
    await server.post(strict, { call_log_id: 'H1', phone_number: '2135550142', buyer: 'Acme' });
    const { items } = (await server.api('GET', `/postbacks?webhook_id=${strict.id}`)).json;
    expect(items.map(({ status }: { status: string }) => status).slice(0, 2)).toEqual([
      'created',
      'rejected',
    ]);
    expect(items[0]).toMatchObject({ call_log_id: 'H1', update: { event: { buyer: 'Acme' } } });
    const full = await server.post(strict, { call_log_id: 'H2', other_ids: ['H1'] });
    expectProblem(full, 422, 'invalid_value');
    const again = await server.api('POST', `/postbacks/${full.json.postback_id}/replay`);
    expectProblem(again, 422, 'invalid_value');
  });

  test('what cannot be read is kept, unless the webhook says otherwise', async () => {
    const kept = await server.post(calls, { call_log_id: 'I', started_at: 'yesterday' });
    expect(kept.status).toBe(202);
    expect(kept.json).toMatchObject({ status: 'kept' });
    expect((await server.api('GET', '/calls/I')).status).toBe(404);
    const mapping = { fields: { started_at: { value: '2026-11-20T10:00:00Z' } } };
    await server.api('PATCH', `/webhooks/incoming/${calls.id}`, { mapping });
    const replayed = await server.api('POST', `/webhooks/incoming/${calls.id}/replay-kept`);
    expect(replayed.status, replayed.text).toBe(200);
    expect(await server.readCall('I')).toMatchObject({ started_at: '2026-11-20T10:00:00.000Z' });
    const logged = (await server.api('GET', `/postbacks/${kept.json.postback_id}`)).json;
    expect(logged).toMatchObject({ status: 'created', call_log_id: 'I' });
    await server.api('PATCH', `/webhooks/incoming/${calls.id}`, { mapping: null });
  });

  test('all faults are in one response, by the names that were sent', async () => {
    const answer = await server.get(strict, [
      ['state', 'ringing'],
      ['startedAt', 'soon'],
      ['duration_seconds', '1.5'],
      ['remove', 'x'],
    ]);
    expectProblem(answer, 422, 'call_not_identified');
    expect(faultsOf(answer).sort()).toEqual([
      ...['call_log_id: call_not_identified', 'duration_seconds: invalid_value', 'remove: unknown_field'],
      ...['startedAt: invalid_value', 'state: invalid_value'],
    ]);
  });

  test('a batch does its items in their order, and an atomic one all or nothing', async () => {
    const batch = (body: unknown, webhook = strict) =>
      server.request('/calls/batch', { method: 'POST', headers: { 'x-auth-key': webhook.auth_key }, body });
    const events = ['live', 'live', 'completed', 'live'].map((state, at) => ({
      ...{ call_log_id: `J${at % 2}`, state, add: { [`n${at}`]: at } },
    }));
    const { json } = await batch([...events, { call_log_id: 'J9', state: 'x' }]);
    expect(json.results.map(({ status }: { status: string }) => status)).toEqual([
      ...['created', 'created', 'applied', 'applied', 'rejected'],
    ]);
    expect(json.summary).toMatchObject({ created: 2, applied: 2, rejected: 1 });
    expect(await server.readCall('J0')).toMatchObject({ state: 'completed', tags: { n0: '0', n2: '2' } });
    const atomic = await batch({
      atomic: true,
      updates: [{ call_log_id: 'K' }, { call_log_id: 'K', state: 'x' }],
    });
    expectProblem(atomic, 422, 'batch_rejected');
    expect((await server.api('GET', '/calls/K')).status).toBe(404);
    expect(
      (await batch({ atomic: true, updates: [{ call_log_id: 'K' }, { call_log_id: 'K1' }] })).status,
    ).toBe(200);
    expect((await server.api('GET', '/calls/K1')).status).toBe(200);
  });

  test('a key of another type is rejected', async () => {
    const answer = await server.request('/calls', {
      ...{ method: 'POST', headers: { 'x-auth-key': updates.auth_key }, body: { call_log_id: 'L' } },
    });
    expectProblem(answer, 403, 'wrong_webhook_type');
  });
});

describe('a leg', () => {
  const leg = {
    call_log_id: 'P-leg',
    parent_call_log_id: 'P',
    phone_number: '+12135550177',
    state: 'completed',
  };

  test('is part of its parent: no call, no end, but an id, an answer and a talking time', async () => {
    const parent = { call_log_id: 'P', phone_number: '+12135550177', started_at: '2026-11-20T10:00:00Z' };
    await server.post(calls, { ...parent, state: 'live' });
    const answer = await server.post(calls, {
      ...leg,
      answered_at: '2026-11-20T10:00:20Z',
      connected_seconds: 180,
    });
    expect(answer.json).toMatchObject({ status: 'applied', call_log_id: 'P' });
    expect(await server.readCall('P-leg')).toMatchObject({
      ...{ call_log_id: 'P', state: 'live', other_ids: ['P-leg'], connected_seconds: 180 },
      ...{ answered_at: '2026-11-20T10:00:20.000Z', started_at: '2026-11-20T10:00:00.000Z', ended_at: null },
    });
    const { items } = (await server.api('GET', '/calls?phone_number=%2B12135550177')).json;
    expect(items).toHaveLength(1);
    const late = await server.post(calls, { ...leg, connected_seconds: 5, state: 'completed', buyer: 'x' });
    expect(late.json.status).toBe('unchanged');
    const noAnswer = { ...leg, call_log_id: 'P-leg2', connected_seconds: 0 };
    expect((await server.post(calls, noAnswer)).json.status).toBe('applied');
    await server.post(calls, { ...parent, state: 'live', other_ids: ['P-session'] });
    expect((await server.readCall('P')).other_ids).toEqual(['P-session', 'P-leg', 'P-leg2']);
    const postback = await server.post(updates, { call_log_id: 'P-leg2', reason: 'x' });
    expect(postback.json).toMatchObject({ status: 'queued', call_log_id: 'P', matched_by: 'other_id' });
  });

  test('of a leg goes to the same call', async () => {
    await server.post(calls, { call_log_id: 'Q' });
    await server.post(calls, { call_log_id: 'Q1', parent_call_log_id: 'Q' });
    const answer = await server.post(calls, { call_log_id: 'Q2', parent_call_log_id: 'Q1' });
    expect(answer.json).toMatchObject({ status: 'applied', call_log_id: 'Q', matched_by: 'other_id' });
    expect((await server.readCall('Q2')).other_ids).toEqual(['Q1', 'Q2']);
  });

  test('that comes before its parent waits for it, and lets in what waited for the leg', async () => {
    const patient = await server.createWebhook('update_fields', { unmatched: 'wait' });
    const early = await server.post(calls, {
      ...{
        call_log_id: 'R-leg',
        parent_call_log_id: 'R',
        answered_at: '2026-11-20T10:01:00Z',
        connected_seconds: 60,
      },
    });
    expect(early.status).toBe(202);
    expect(early.json).toMatchObject({ status: 'waiting', expires_at: expect.any(String) });
    expect((await server.api('GET', '/calls/R-leg')).status).toBe(404);
    const postback = await server.post(patient, { call_log_id: 'R-leg', revenue_paid_out: '3' });
    expect(postback.json.status).toBe('waiting');
    const parent = { call_log_id: 'R', started_at: '2026-11-20T10:00:00Z', ended_at: '2026-11-20T10:02:00Z' };
    expect((await server.post(calls, { ...parent, state: 'completed' })).json.status).toBe('created');
    expect(await server.readCall('R-leg')).toMatchObject({
      ...{ call_log_id: 'R', other_ids: ['R-leg'], connected_seconds: 60, revenue_paid_out: '3.00' },
      ...{ answered_at: '2026-11-20T10:01:00.000Z' },
    });
    const logged = (await server.api('GET', `/postbacks/${early.json.postback_id}`)).json;
    expect(logged).toMatchObject({ status: 'applied', call_log_id: 'R' });
  });

  test('that names itself as its parent is a call', async () => {
    const answer = await server.post(calls, { call_log_id: 'S', parent_call_log_id: 'S' });
    expect(answer.json.status).toBe('created');
  });

  test('whose id is a call already is rejected', async () => {
    await server.post(calls, { call_log_id: 'T' });
    await server.post(calls, { call_log_id: 'T1' });
    const answer = await server.post(strict, { call_log_id: 'T1', parent_call_log_id: 'T' });
    expectProblem(answer, 422, 'invalid_value');
  });
});
