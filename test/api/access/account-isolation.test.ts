/** One account never sees or changes another's rows, on any route. */
import { beforeAll, expect, test, vi } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type TestServer, type TestWebhook, useServer } from '../../support/server.ts';

type Side = {
  server: TestServer;
  webhook: TestWebhook;
  postbackId: string;
  /** waits for a call that does not come */
  waitingId: string;
  outgoingId: string;
  deliveryId: string;
};

const server = useServer();
let mine: Side;
let theirs: Side;

beforeAll(async () => {
  mine = await furnish(server, 'mine');
  theirs = await furnish((await addAccount(server, 'Theirs')).server, 'theirs');
});

/** The same ids and numbers in both accounts, and some that only one has. */
async function furnish(side: TestServer, name: string): Promise<Side> {
  const webhook = await side.createWebhook('update_fields', { name });
  for (const id of ['same', `only ${name}`]) {
    await side.createCall(id, { phone_number: '+14155550142', campaign: name, tags: { whose: name } });
  }
  await side.createCall('same live', { state: 'live', campaign: name });
  await side.createCall(`live ${name}`, { state: 'live', campaign: name });
  const { json: outgoing } = await side.api('POST', '/webhooks/outgoing', {
    ...{ name, url: `http://127.0.0.1:9/${name}`, events: ['call.changed'] },
  });
  await side.api('PATCH', `/webhooks/outgoing/${outgoing.id}`, { paused: true });
  const answer = await side.post(webhook, { call_log_id: 'same', reason: name, transaction_id: 'same' });
  expect(answer.status).toBe(200);
  await side.post(webhook, { call_log_id: 'same live', reason: name });
  await side.api('PATCH', '/calls/same', { add: { by: name } });
  const waits = await side.createWebhook('update_fields', { name: `${name} waits`, unmatched: 'wait' });
  const waiting = await side.post(waits, { call_log_id: 'to come', reason: name });
  const data = await side.createWebhook('call_data', { name: `${name} data` });
  await side.post(data, { phone_number: '+14155550177', whose: name });
  const deliveries = async () => (await side.api('GET', '/deliveries')).json.items;
  await vi.waitFor(async () => expect(await deliveries()).not.toEqual([]), { timeout: 20_000 });
  return {
    ...{ server: side, webhook, postbackId: answer.json.postback_id, outgoingId: outgoing.id },
    ...{ waitingId: waiting.json.postback_id, deliveryId: (await deliveries()).at(-1).id },
  };
}

const tables = [
  ...['account', 'api_token', 'incoming_webhook', 'auth_key', 'call', 'call_event', 'postback'],
  ...['outgoing_webhook', 'delivery'],
];

/** All rows of the other account. */
async function dumpTheirs(): Promise<unknown> {
  const rows = tables.map((table) =>
    server.database.query(
      `select to_json(t)::text as row from ${table} t
       where account_id = (select account_id from account where name = 'Theirs') order by 1`,
    ),
  );
  return Promise.all(rows);
}

test('lists show one’s own rows only', async () => {
  for (const [side, own, other] of [
    [mine, 'mine', 'theirs'],
    [theirs, 'theirs', 'mine'],
  ] as const) {
    const paths = [
      '/calls?limit=500',
      '/webhooks/incoming?limit=500',
      '/postbacks?limit=500',
      '/calls/same/timeline',
      '/calls/same',
      '/calls/same%20live',
      '/calls?tag=whose',
      '/calls?q=same',
      '/calls?phone_number=%2B14155550142',
      '/postbacks?call_log_id=same',
      '/postbacks?transaction_id=same',
      '/postbacks?status=waiting',
      '/postbacks?open=true',
      '/call-data?phone_number=%2B14155550177',
      '/webhooks/outgoing',
      '/deliveries',
      '/deliveries?call_log_id=same',
    ];
    for (const path of paths) {
      const { status, text } = await side.server.api('GET', path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain(own);
      expect(text).not.toContain(other);
    }
    for (const path of [
      `/calls?campaign=${other}`,
      `/calls?tag=whose:${other}`,
      `/calls?q=only%20${other}`,
    ]) {
      expect((await side.server.api('GET', path)).json.items).toEqual([]);
    }
  }
});

test('rows of others are not there', async () => {
  const { id } = theirs.webhook;
  const reads = [
    '/calls/only%20theirs',
    '/calls/only%20theirs/timeline',
    `/webhooks/incoming/${id}`,
    `/postbacks/${theirs.postbackId}`,
    `/webhooks/outgoing/${theirs.outgoingId}`,
    `/deliveries/${theirs.deliveryId}`,
  ];
  for (const path of reads) expect((await mine.server.api('GET', path)).status).toBe(404);
  for (const path of [`/postbacks?webhook_id=${id}`, `/deliveries?webhook_id=${theirs.outgoingId}`])
    expect((await mine.server.api('GET', path)).json.items).toEqual([]);
});

test('nothing of others changes, whatever is tried', async () => {
  const before = await dumpTheirs();
  const { server: me, webhook } = mine;
  const byId = `/webhooks/incoming/${theirs.webhook.id}`;
  expectProblem(await me.api('PATCH', '/calls/only%20theirs', { reason: 'mine' }), 404, 'call_not_found');
  expectProblem(await me.api('PATCH', '/calls/live%20theirs', { reason: 'mine' }), 404, 'call_not_found');
  expectProblem(await me.api('POST', '/calls/live%20theirs/complete'), 404, 'call_not_found');
  expectProblem(await me.api('PATCH', byId, { paused: true }), 404, 'not_found');
  expectProblem(await me.api('DELETE', byId), 404, 'not_found');
  expectProblem(await me.api('POST', `${byId}/rotate-key`, { grace_hours: 0 }), 404, 'not_found');
  expectProblem(
    await me.post(webhook, { call_log_id: 'only theirs', reason: 'mine' }),
    404,
    'call_not_found',
  );
  const outgoing = `/webhooks/outgoing/${theirs.outgoingId}`;
  const period = { from: '2020-01-01', to: '2099-01-01' };
  for (const [method, path, body] of [
    ['PATCH', outgoing, { name: 'mine' }],
    ['DELETE', outgoing, undefined],
    ['POST', `${outgoing}/rotate-secret`, { grace_hours: 0 }],
    ['POST', `${outgoing}/test`, {}],
    ['POST', `${outgoing}/render`, { delivery_id: theirs.deliveryId }],
    ['POST', `/webhooks/outgoing/${mine.outgoingId}/render`, { delivery_id: theirs.deliveryId }],
    ['POST', `/webhooks/outgoing/${mine.outgoingId}/render`, { postback_id: theirs.postbackId }],
    ['POST', `${outgoing}/replay`, { from: '2020-01-01T00:00:00Z' }],
    ['POST', `/deliveries/${theirs.deliveryId}/replay`, undefined],
    ['POST', `/postbacks/${theirs.waitingId}/attach`, { call_log_id: 'same' }],
    ['POST', `/postbacks/${theirs.waitingId}/dismiss`, { reason: 'mine' }],
    ['POST', `/postbacks/${theirs.postbackId}/undo`, {}],
    ['POST', `${byId}/undo`, period],
  ] as const) {
    const answer = await me.api(method, path, body);
    expect([method, path, answer.status]).toEqual([method, path, 404]);
  }
  for (const [method, path, body] of [
    ['POST', `/webhooks/incoming/${webhook.id}/undo`, period],
    ['POST', '/postbacks/attach-matching', {}],
    ['POST', '/calls', { call_log_id: 'same', phone_number: '+14155550177' }],
    ['PATCH', '/calls/same', { reason: 'changed', remove: ['whose'] }],
    ['POST', '/calls', { call_log_id: 'same', buyer: 'changed' }],
    ['POST', '/calls/same%20live/complete', {}],
    ['PATCH', '/account', { time_zone: 'Asia/Tokyo', default_country: 'JP', twilio_auth_token: 'mine' }],
    ['PATCH', `/webhooks/incoming/${webhook.id}`, { match_rule: 'first' }],
  ] as const) {
    expect((await me.api(method, path, body)).status).toBe(200);
  }
  expect((await me.post(webhook, { call_log_id: 'same', converted: true })).status).toBe(200);
  await me.api('PATCH', '/account', { time_zone: 'UTC', default_country: 'US' });
  expect(await dumpTheirs()).toEqual(before);
});

test('a phone number matches calls of the webhook’s own account', async () => {
  const answer = await mine.server.post(mine.webhook, {
    phone_number: '+14155550142',
    reason: 'x',
    dry_run: true,
  });
  expect(answer.json).toMatchObject({ candidates: 2 });
  await theirs.server.createCall('their newest', { phone_number: '+14155550177' });
  const rejection = await mine.server.post(mine.webhook, { phone_number: '+14155550177', reason: 'x' });
  expectProblem(rejection, 404, 'no_call_in_window');
});

test('a transaction id is each account’s own', async () => {
  const update = { call_log_id: 'same', transaction_id: 'shared', reason: 'once' };
  for (const side of [mine, theirs]) {
    expect((await side.server.post(side.webhook, update)).json).toMatchObject({ duplicate: false });
    expect((await side.server.post(side.webhook, update)).json).toMatchObject({ duplicate: true });
  }
});

test('the cursor of another account leads to one’s own rows', async () => {
  for (const path of ['/calls', '/webhooks/incoming', '/postbacks', '/calls/same/timeline']) {
    await theirs.server.createWebhook();
    const { next_cursor } = (await theirs.server.api('GET', `${path}?limit=1`)).json;
    expect(next_cursor).not.toBeNull();
    const own = (await mine.server.api('GET', `${path}?limit=500`)).json.items;
    const { status, json } = await mine.server.api('GET', `${path}?limit=500&cursor=${next_cursor}`);
    expect(status).toBe(200);
    for (const item of json.items) expect(own).toContainEqual(item);
  }
});

test('each reads and changes its own account', async () => {
  await theirs.server.api('PATCH', '/account', { name: 'Renamed', time_zone: 'Europe/Berlin' });
  expect((await mine.server.api('GET', '/account')).json).toMatchObject({
    name: 'Ringback',
    time_zone: 'UTC',
  });
  expect((await theirs.server.api('GET', '/account')).json.name).toBe('Renamed');
});
