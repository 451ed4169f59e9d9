/** Names that are nearly those of Ringback: another spelling counts, a misspelling loses no money. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodings, type Payload, sendAs } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;
let revenueWebhook: TestWebhook;
let callsWebhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  revenueWebhook = await server.createWebhook('update_revenue');
  callsWebhook = await server.createWebhook('calls');
  await server.createCall('CA1', { tags: { old: '1' } });
});

describe.each(encodings)('%s', (encoding) => {
  test.each([
    { callLogId: 'CA1', Converted: true, revenuePaidOut: '12.5' },
    { CALL_LOG_ID: 'CA1', CONVERTED: true, 'Revenue-Paid-Out': '12.5' },
    { 'call log id': 'CA1', 'converted ': true, 'revenue.paid.out': '12.5' },
    { CallLogID: 'CA1', Fields: { Converted: true, revenuePaidOut: '12.5' } },
  ] satisfies Payload[])('accepts %j', async (payload) => {
    const answer = await sendAs(server, webhook, encoding, { ...payload, dryRun: true, TransactionId: 'T1' });
    expect(answer.json).toMatchObject({
      dry_run: true,
      changes: { converted: { to: true }, revenue_paid_out: { to: '12.50' } },
      ignored: [],
    });
  });

  test.each([
    ['revenue_payed_out', 'revenue_paid_out'],
    ['revenue_paid_ou', 'revenue_paid_out'],
    ['revnue_paid_out', 'revenue_paid_out'],
    ['revenuePayedOut', 'revenue_paid_out'],
    ['publisher_payed_out', 'publisher_paid_out'],
    ['publisher_payout', 'publisher_paid_out'],
    ['convertd', 'converted'],
    ['Convereted', 'converted'],
    ['coverted', 'converted'],
    ['call_convereted_at', 'call_converted_at'],
    ['converted_at', 'call_converted_at'],
    ['reson', 'reason'],
    ['no_payout_resaon', 'no_payout_reason'],
    ['transaction_idd', 'transaction_id'],
    ['phone_numer', 'phone_number'],
    ['call_log_di', 'call_log_id'],
    ['remov', 'remove'],
    ['dry_rn', 'dry_run'],
    ['evenue_paid_out', 'revenue_paid_out'],
    ['ervenue_paid_out', 'revenue_paid_out'],
    ['onverted', 'converted'],
    ['erason', 'reason'],
    ['ry_run', 'dry_run'],
    ['total_revenue_paid_out', 'revenue_paid_out'],
    ['x_publisher_paid_out', 'publisher_paid_out'],
    ['revenue_paid_out_usd', 'revenue_paid_out'],
    ['my_no_payout_reason', 'no_payout_reason'],
    ['old_call_converted_at', 'call_converted_at'],
    ['is_dry_run', 'dry_run'],
    ['is_converted', 'converted'],
    ['no_payout', 'no_payout_reason'],
    ['add_tags', 'add'],
  ])('rejects %s and names %s', async (name, meant) => {
    const answer = await sendAs(server, webhook, encoding, {
      call_log_id: 'CA1',
      add: { a: '1' },
      [name]: '1',
    });
    expect(answer.json).toMatchObject({ status: 422, code: 'unknown_field', errors: [{ field: name }] });
    expect(answer.json.errors[0].detail).toContain(`"${meant}"`);
    expect((await server.readCall('CA1')).tags).toEqual({ old: '1' });
  });

  test.each([
    ...[
      'utm_source',
      'utm_campaign',
      'gclid',
      'fbclid',
      'msclkid',
      'ttclid',
      'wbraid',
      'clickid',
      'sub1',
      'cid',
    ],
    ...[
      'payout',
      'phone',
      'name',
      'email',
      'event',
      'timestamp',
      'call_id',
      'call_sid',
      'call_leg_id',
      'region',
    ],
    ...[
      'phone_number_id',
      'transaction',
      'account',
      'season',
      'token',
      'ref',
      'referrer',
      'status',
      'address',
    ],
    ...[
      'connected',
      'covered',
      'caller_phone_number',
      'network_transaction_id',
      'parent_call_log_id',
      'home_number',
    ],
  ])('ignores %s', async (name) => {
    const answer = await sendAs(server, webhook, encoding, {
      ...{ call_log_id: 'CA1', dry_run: true, converted: true, [name]: '1' },
    });
    expect(answer.json).toMatchObject({ status: 'applied', ignored: [name] });
  });
});

test.each(['lead_status', 'answered', 'started', 'publisher_id', 'start_date', 'answer_date', 'call_tag_id'])(
  'a call event ignores %s',
  async (name) => {
    const answer = await server.post(callsWebhook, { call_log_id: 'CA1', dry_run: true, [name]: '1' });
    expect(answer.json).toMatchObject({ dry_run: true, ignored: [name] });
  },
);

test.each([
  { call_log_id: 'CA1', converted: true, field: { revenue_paid_out: 5 } },
  { call_log_id: 'CA1', converted: true, feilds: { reason: 'x' } },
  { call_log_id: 'CA1', converted: true, data: { revenue_paid_out: 5 } },
  { call_log_id: 'CA1', converted: true, payload: { fields: { PublisherPaidOut: 5 } } },
  { call_log_id: 'CA1', converted: true, payload: '{"no_payout_reason":"Caps exceeded"}' },
])('a field in an object that is not read is not passed over: %j', async (payload) => {
  const [, , name = ''] = Object.keys(payload);
  const answer = await server.post(webhook, { ...payload, dry_run: true });
  expect(answer.json).toMatchObject({ status: 422, code: 'unknown_field', errors: [{ field: name }] });
});

test('an object of another system is ignored', async () => {
  const answer = await server.post(webhook, {
    ...{ call_log_id: 'CA1', dry_run: true, converted: true },
    ...{ contact: { reason: 'x', converted: 1, phone_number: '1' }, field: 'x' },
  });
  expect(answer.json).toMatchObject({ status: 'applied', ignored: ['contact', 'field'] });
});

test.each([
  'fields_converted',
  'fields:converted',
  'fields/converted',
  'fields->converted',
  'Fields-Converted',
])('%s is the field in fields', async (name) => {
  const answer = await server.get(webhook, [
    ['call_log_id', 'CA1'],
    ['dry_run', '1'],
    [name, 'true'],
  ]);
  expect(answer.json).toMatchObject({ changes: { converted: { to: true } }, ignored: [] });
});

test.each([
  'field[converted]',
  'feilds[revenue_paid_out]',
  'data[revenue_paid_out]',
  'call.publisher_paid_out',
])('the parameter %s is rejected', async (name) => {
  const answer = await server.get(webhook, [
    ['call_log_id', 'CA1'],
    ['reason', 'x'],
    [name, '1'],
  ]);
  expect(answer.json).toMatchObject({ code: 'unknown_field', errors: [{ field: name }] });
});

test('a text that is cut by an & is rejected', async () => {
  const path = `/update-fields?call_log_id=CA1&converted=1&reason=Johnson%20&%20Sons`;
  const answer = await server.request(path, { headers: { 'x-auth-key': webhook.auth_key } });
  expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value' });
  expect(answer.json.detail).toContain('%26');
});

test('two spellings of one name must say the same', async () => {
  const answer = await server.post(webhook, { call_log_id: 'CA1', converted: true, Converted: false });
  expect(answer.json).toMatchObject({ code: 'conflicting_field', errors: [{ field: 'Converted' }] });
});

test('a misspelling inside of fields gets the right name, too', async () => {
  const answer = await server.post(webhook, { call_log_id: 'CA1', fields: { revenue_payed_out: 1 } });
  expect(answer.json.errors[0]).toMatchObject({ field: 'fields.revenue_payed_out', code: 'unknown_field' });
  expect(answer.json.errors[0].detail).toContain('"revenue_paid_out"');
});

test.each(['amout', 'Ammount', 'revenu', 'reveneu'])('update_revenue rejects %s', async (name) => {
  const answer = await server.post(revenueWebhook, { call_log_id: 'CA1', converted: true, [name]: 5 });
  expect(answer.json).toMatchObject({ code: 'unknown_field' });
  expect(answer.json.errors[0].field).toBe(name);
});

test.each([
  ['add[0]=deal:won&add[1]=stage:quote', { deal: 'won', stage: 'quote' }],
  [
    'add[0][key]=deal&add[0][value]=won&add[1][key]=stage&add[1][value]=quote',
    { deal: 'won', stage: 'quote' },
  ],
  [
    'add[1][value]=quote&add[0][value]=won&add[0][key]=deal&add[1][key]=stage',
    { deal: 'won', stage: 'quote' },
  ],
  ['add[][key]=deal&add[][value]=won&add[][key]=stage&add[][value]=quote', { deal: 'won', stage: 'quote' }],
  ['add[0][deal]=won&add[1][stage]=quote', { deal: 'won', stage: 'quote' }],
  ['add[0]=note:a,b', { note: 'a,b' }],
  ['add%5B0%5D%5Bkey%5D=deal&add%5B0%5D%5Bvalue%5D=', { deal: '' }],
  ['fields[add][0][key]=deal&fields[add][0][value]=won', { deal: 'won' }],
  ['fields.add.deal=won&fields.converted=true', { deal: 'won' }],
  ['add.deal=won', { deal: 'won' }],
  ['add.0.key=deal&add.0.value=won', { deal: 'won' }],
  ['add[0].key=deal&add[0].value=won', { deal: 'won' }],
  ['add[0].deal=won', { deal: 'won' }],
  ['fields.add[0][key]=deal&fields.add[0][value]=won', { deal: 'won' }],
  ['fields[add][0].key=deal&fields[add][0].value=won', { deal: 'won' }],
  ['add.a.b=won', { 'a.b': 'won' }],
  ['Add[deal]=won', { deal: 'won' }],
  ["add['deal']=won", { deal: 'won' }],
  ['add["deal"]=won', { deal: 'won' }],
  ['add[2026]=yes', { 2026: 'yes' }],
])('reads the list %s', async (text, tags) => {
  for (const method of ['GET', 'POST']) {
    const path = `/update-fields?call_log_id=CA1&dry_run=1${method === 'GET' ? `&${text}` : ''}`;
    const answer = await server.request(path, {
      method,
      headers: { 'x-auth-key': webhook.auth_key, 'content-type': 'application/x-www-form-urlencoded' },
      ...(method === 'POST' && { body: text }),
    });
    expect(answer.status).toBe(200);
    const changed = Object.entries<{ to: string }>(answer.json.changes).filter(([name]) =>
      name.startsWith('tags.'),
    );
    expect(Object.fromEntries(changed.map(([name, { to }]) => [name.slice('tags.'.length), to]))).toEqual(
      tags,
    );
  }
});

test.each([
  'add[deal][]=won',
  'add[deal][value]=won',
  'add[0][deal][stage]=won',
  'fields[add][deal].stage=won',
  'add[0]key=deal',
  'add[deal=won',
])('a tag with a list or an object as its value is rejected: %s', async (text) => {
  const [name = ''] = text.split('=');
  const answer = await server.get(webhook, [
    ['call_log_id', 'CA1'],
    [name, 'won'],
  ]);
  expect(answer.json).toMatchObject({ code: 'invalid_value', errors: [{ code: 'invalid_value' }] });
});

test('a value that is sent as a list is not ignored', async () => {
  const answer = await server.get(webhook, [
    ['call_log_id', 'CA1'],
    ['reason', 'x'],
    ['revenue_paid_out[]', '5'],
  ]);
  expect(answer.json).toMatchObject({ code: 'invalid_value', errors: [{ field: 'revenue_paid_out[]' }] });
});
