/** Corrections under one transaction id, and the ways in which trackers treat duplicates (docs/senders.md#corrections). */
import { describe, expect, test } from 'vitest';
import { expectUnbrokenChains } from '../../support/call-chains.ts';
import { callMaker } from '../../support/calls.ts';
import { useServer, useServerBeside, useWebhook } from '../../support/server.ts';

const server = useServer();
const other = useServerBeside(server);
const network = useWebhook(server, 'update_fields', { same_transaction: 'correct' });

const newCall = callMaker(server, 'correction');
const pending = { revenue_paid_out: '0', add: { state: 'pending' } };
const approved = { converted: true, revenue_paid_out: '12.5', add: { state: 'approved' } };
const chargedBack = {
  converted: false,
  revenue_paid_out: '0',
  reason: 'Charged back',
  add: { state: 'charged back' },
};

test('pending, approved and charged back come under one id: each replaces the one before', async () => {
  const id = await newCall();
  const send = (body: object) => server.post(network, { call_log_id: id, transaction_id: id, ...body });
  const first = await send(pending);
  const second = await send(approved);
  expect(second.json).toMatchObject({
    ...{ status: 'applied', duplicate: false, undo_of: first.json.postback_id, changed_since: [] },
    changes: {
      revenue_paid_out: { from: '0.00', to: '12.50' },
      'tags.state': { from: 'pending', to: 'approved' },
    },
  });
  expect((await send(approved)).json).toEqual({ ...second.json, duplicate: true });
  const third = await send(chargedBack);
  expect(third.json).toMatchObject({ status: 'applied', undo_of: second.json.postback_id });
  const call = {
    converted: false,
    call_converted_at: null,
    revenue_paid_out: '0.00',
    reason: 'Charged back',
  };
  expect(await server.readCall(id)).toMatchObject({ ...call, tags: { state: 'charged back' } });
  for (const [late, answered] of [
    [pending, first],
    [approved, second],
    [chargedBack, third],
  ] as const) {
    expect((await send(late)).json).toEqual({ ...answered.json, duplicate: true });
  }
  expect(await server.readCall(id)).toMatchObject(call);
  const { items } = (await server.api('GET', `/postbacks?transaction_id=${id}`)).json;
  expect(items.map((item: { undone_by: string | null }) => item.undone_by)).toEqual([
    ...[null, third.json.postback_id, second.json.postback_id],
  ]);
  const undone = await server.api('POST', `/postbacks/${third.json.postback_id}/undo`);
  expect(undone.json.changes['tags.state']).toEqual({ from: 'charged back', to: null });
  expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: null, reason: null, tags: {} });
});

test('what the earlier one set and the new one does not name is taken back', async () => {
  const id = await newCall({ reason: 'before' });
  const send = (body: object) => server.post(network, { call_log_id: id, transaction_id: id, ...body });
  await send({ reason: 'by mistake', revenue_paid_out: '5' });
  expect((await send({ revenue_paid_out: '5' })).json.changes).toEqual({
    reason: { from: 'by mistake', to: 'before' },
  });
});

test('a value that somebody else has set since stays, unless the new one sets it', async () => {
  const id = await newCall();
  const send = (body: object) => server.post(network, { call_log_id: id, transaction_id: id, ...body });
  await send({ reason: 'a', revenue_paid_out: '5' });
  await server.api('PATCH', `/calls/${id}`, { reason: 'by hand', revenue_paid_out: '6' });
  const { json } = await send({ revenue_paid_out: '7' });
  expect(json.changes).toEqual({ revenue_paid_out: { from: '6.00', to: '7.00' } });
  expect(json.changed_since).toMatchObject([{ field: 'reason', by: 'owner' }]);
});

test('a correction that is rejected undoes nothing, and does not use up anything', async () => {
  const webhook = await server.createWebhook('update_fields', {
    ...{ same_transaction: 'correct', repeats: { reason: 'refuse' } },
  });
  const id = await newCall({ reason: 'set' });
  const send = (body: object) => server.post(webhook, { call_log_id: id, transaction_id: id, ...body });
  await send({ revenue_paid_out: '5' });
  expect((await send({ revenue_paid_out: '6', reason: 'other' })).json.code).toBe('already_set');
  expect((await server.readCall(id)).revenue_paid_out).toBe('5.00');
  expect((await send({ revenue_paid_out: '6' })).json).toMatchObject({ duplicate: false, status: 'applied' });
});

test('a dry run of a correction does nothing', async () => {
  const id = await newCall();
  const send = (body: object) => server.post(network, { call_log_id: id, transaction_id: id, ...body });
  await send({ revenue_paid_out: '5' });
  const { json } = await send({ revenue_paid_out: '6', dry_run: true });
  expect(json).toMatchObject({ dry_run: true, changes: { revenue_paid_out: { from: '5.00', to: '6.00' } } });
  expect((await server.readCall(id)).revenue_paid_out).toBe('5.00');
});

test('while a call is live, the queued update is replaced', async () => {
  const id = await newCall({ state: 'live' });
  const send = (body: object) => server.post(network, { call_log_id: id, transaction_id: id, ...body });
  const first = await send({ revenue_paid_out: '5', reason: 'first' });
  const second = await send({ revenue_paid_out: '6' });
  expect([second.status, second.json.undo_of]).toEqual([202, first.json.postback_id]);
  expect((await server.readCall(id)).queued_updates).toBe(1);
  await server.api('POST', `/calls/${id}/complete`);
  expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '6.00', reason: null });
  expect((await send({ revenue_paid_out: '7' })).json.changes).toEqual({
    revenue_paid_out: { from: '6.00', to: '7.00' },
  });
});

test('while a postback waits for its call, it is replaced', async () => {
  const webhook = await server.createWebhook('update_fields', {
    same_transaction: 'correct',
    unmatched: 'wait',
  });
  const id = 'correction-later';
  const send = (body: object) => server.post(webhook, { call_log_id: id, transaction_id: id, ...body });
  const first = await send({ revenue_paid_out: '5', reason: 'first' });
  const second = await send({ revenue_paid_out: '6' });
  expect([second.status, second.json.undo_of]).toEqual([202, first.json.postback_id]);
  await server.createCall(id);
  expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '6.00', reason: null });
});

test('by phone number, a correction goes to the call of the earlier one, not to a newer call', async () => {
  const id = await newCall({ phone_number: '+12125550177' });
  const send = (body: object) =>
    server.post(network, { phone_number: '2125550177', transaction_id: id, ...body });
  await send({ revenue_paid_out: '5' });
  const newer = await newCall({ phone_number: '+12125550177' });
  const { json } = await send({ revenue_paid_out: '6' });
  expect(json).toMatchObject({ call_log_id: id, matched_by: 'phone_number', status: 'applied' });
  expect((await server.readCall(newer)).revenue_paid_out).toBe(null);
});

test('the same id for another call is rejected', async () => {
  const [one, two] = [await newCall(), await newCall()];
  await server.post(network, { call_log_id: one, transaction_id: one, revenue_paid_out: '5' });
  const { json } = await server.post(network, {
    call_log_id: two,
    transaction_id: one,
    revenue_paid_out: '6',
  });
  expect(json.code).toBe('transaction_id_reused');
  expect((await server.readCall(one)).revenue_paid_out).toBe('5.00');
});

test('the same id for another call is rejected, also after the first was undone', async () => {
  const [one, two] = [await newCall(), await newCall()];
  const body = { call_log_id: one, transaction_id: one, revenue_paid_out: '5' };
  const { json: first } = await server.post(network, body);
  await server.api('POST', `/postbacks/${first.postback_id}/undo`);
  const { json } = await server.post(network, { ...body, call_log_id: two, revenue_paid_out: '6' });
  expect(json.code).toBe('transaction_id_reused');
  const again = await server.post(network, { ...body, revenue_paid_out: '6' });
  expect(again.json).toMatchObject({ status: 'applied', duplicate: false });
  expect((await server.readCall(one)).revenue_paid_out).toBe('6.00');
});

test('in a batch, several corrections of one id are applied in their order', async () => {
  const id = await newCall();
  const updates = [pending, approved, approved, chargedBack].map((body) => ({
    call_log_id: id,
    transaction_id: id,
    ...body,
  }));
  const { json } = await server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': network.auth_key },
    body: { updates },
  });
  expect(json.summary).toMatchObject({ applied: 3, duplicate: 1 });
  expect(await server.readCall(id)).toMatchObject({
    revenue_paid_out: '0.00',
    tags: { state: 'charged back' },
  });
});

test('corrections at once on two servers are one chain: the sum is that of the last one', async () => {
  const webhook = await server.createWebhook('update_fields', {
    ...{ same_transaction: 'correct', repeats: { '*': 'add' } },
  });
  const id = await newCall({ revenue_paid_out: '100' });
  const amounts = Array.from({ length: 12 }, (_, at) => `${at + 1}`);
  const answers = await Promise.all(
    [...amounts, ...amounts].map((revenue_paid_out, at) =>
      (at % 2 === 0 ? server : other).post(webhook, {
        call_log_id: id,
        transaction_id: id,
        revenue_paid_out,
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const { items } = (await server.api('GET', `/postbacks?transaction_id=${id}`)).json;
  expect(items).toHaveLength(12);
  const last = items.filter((item: { undone_by: string | null }) => item.undone_by === null);
  expect(last).toHaveLength(1);
  const sum = 100 + Number(last[0].update.revenue_paid_out);
  expect((await server.readCall(id)).revenue_paid_out).toBe(`${sum}.00`);
});

/** The duplicate modes of a well-known tracker, as settings of a webhook. */
describe('duplicates of a conversion', () => {
  type Sent = [amount: string, id: string];
  const first: Sent[] = [
    ['10', 'e1'],
    ['7', 'e2'],
  ];
  const again: Sent[] = [
    ['10', 'e1'],
    ['7', 'e1'],
  ];
  test.each<[mode: string, settings: object, sent: Sent[], told: unknown[], revenue: string]>([
    ['new: each one counts, the last amount is used', {}, first, ['applied', 'applied'], '7.00'],
    [
      'labelled: kept in the log and labelled',
      { repeats: { '*': 'keep' } },
      first,
      ['applied', 'kept'],
      '10.00',
    ],
    [
      'ignored: rejected, and nothing is done',
      { repeats: { '*': 'refuse' } },
      first,
      ['applied', 'already_set'],
      '10.00',
    ],
    [
      'edited: replaces the earlier one',
      { same_transaction: 'correct' },
      again,
      ['applied', 'corrected'],
      '7.00',
    ],
    ['increments the payout', { repeats: { '*': 'add' } }, first, ['applied', 'applied'], '17.00'],
    [
      'ignored by event id',
      {},
      [...again.slice(0, 1), ...again.slice(0, 1)],
      ['applied', 'duplicate'],
      '10.00',
    ],
    ['another amount by event id', {}, again, ['applied', 'transaction_id_reused'], '10.00'],
    [
      'edited and incremented',
      { repeats: { '*': 'add' }, same_transaction: 'correct' },
      again,
      ['applied', 'corrected'],
      '7.00',
    ],
  ])('%s', async (_mode, settings, sent, told, revenue) => {
    const webhook = await server.createWebhook('update_fields', settings);
    const call_log_id = await newCall();
    const answers = [];
    for (const [revenue_paid_out, transaction_id] of sent) {
      const { json } = await server.post(webhook, { call_log_id, revenue_paid_out, transaction_id });
      const label = json.duplicate
        ? 'duplicate'
        : json.undo_of
          ? 'corrected'
          : json.kept
            ? 'kept'
            : json.status;
      answers.push(json.code ?? label);
    }
    expect(answers).toEqual(told);
    expect((await server.readCall(call_log_id)).revenue_paid_out).toBe(revenue);
  });
});

test('an earlier one of the same batch is taken back, by whichever of its ids a call is named', async () => {
  const webhook = await server.createWebhook('update_fields', {
    ...{ same_transaction: 'correct', repeats: { '*': 'add' } },
  });
  const id = await newCall({ other_ids: ['correction by another id'] });
  const of = { transaction_id: 'T' };
  const answer = await server.post(
    { ...webhook, url: `${webhook.url.split('?')[0]}/batch` },
    {
      atomic: true,
      updates: [
        { ...of, call_log_id: id, revenue_paid_out: 5, reason: 'first' },
        { ...of, call_log_id: 'correction by another id', revenue_paid_out: 7 },
      ],
    },
  );
  expect(answer.json.summary).toMatchObject({ applied: 2 });
  expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '7.00', reason: null });
});

test('every change above begins where another one ended, up to what the calls have now', async () => {
  expect(await expectUnbrokenChains(server.database.query)).toBeGreaterThan(0);
});
