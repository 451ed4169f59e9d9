/** `GET /calls/{id}/timeline`: all that ever happened to one call, oldest first. */
import { expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server, 'update_fields', { name: 'Acme CRM' });

async function readTimeline(id: string, query = '') {
  const answer = await server.api('GET', `/calls/${encodeURIComponent(id)}/timeline${query}`);
  expect(answer.status).toBe(200);
  return answer.json;
}

test('a timeline tells what happened, when, who did it and what it changed', async () => {
  const id = 'whole story';
  await server.createCall(id, { state: 'live', started_at: '2026-11-20T10:00:00Z', campaign: 'Solar' });
  await server.api('POST', '/calls', { call_log_id: id, buyer: 'Acme', campaign: 'Roofing' });
  const queued = await server.post(webhook, { call_log_id: id, revenue_paid_out: '7', add: { deal: 'won' } });
  const waiting = (await readTimeline(id)).items.at(-1);
  expect(waiting).toMatchObject({ kind: 'postback', status: 'queued', changes: {}, applied_at: null });
  expect(waiting.update).toEqual({ revenue_paid_out: '7.00', add: { deal: 'won' } });
  await server.api('POST', `/calls/${encodeURIComponent(id)}/complete`, {
    ended_at: '2026-11-20T10:01:00Z',
    revenue_paid_out: '5',
  });
  const same = await server.post(webhook, { call_log_id: id, revenue_paid_out: '7.00' });
  const rejected = await server.post(webhook, { call_log_id: id, converted: 'perhaps' });
  await server.post(webhook, { call_log_id: id, reason: 'Trial', dry_run: true });
  await server.api('PATCH', `/calls/${encodeURIComponent(id)}`, { reason: 'Checked' });
  await server.api('POST', '/calls', { call_log_id: id, publisher: 'North Media', buyer: 'Bolt' });

  const { items, next_cursor } = await readTimeline(id);
  expect(next_cursor).toBeNull();
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const owner = { at, by: 'owner' };
  const sender = { at, by: 'Acme CRM', kind: 'postback' };
  expect(items).toEqual([
    {
      ...owner,
      kind: 'created',
      changes: {
        started_at: { from: null, to: '2026-11-20T10:00:00.000Z' },
        campaign: { from: null, to: 'Solar' },
      },
    },
    {
      ...owner,
      kind: 'changed',
      changes: { campaign: { from: 'Solar', to: 'Roofing' }, buyer: { from: null, to: 'Acme' } },
    },
    {
      ...sender,
      postback_id: queued.json.postback_id,
      status: 'applied',
      applied_at: at,
      changes: { revenue_paid_out: { from: '5.00', to: '7.00' }, 'tags.deal': { from: null, to: 'won' } },
    },
    {
      ...owner,
      kind: 'completed',
      changes: {
        state: { from: 'live', to: 'completed' },
        ended_at: { from: null, to: '2026-11-20T10:01:00.000Z' },
        revenue_paid_out: { from: null, to: '5.00' },
      },
    },
    { ...sender, postback_id: same.json.postback_id, status: 'unchanged', applied_at: at, changes: {} },
    {
      ...sender,
      postback_id: rejected.json.postback_id,
      status: 'rejected',
      code: 'invalid_value',
      applied_at: null,
      changes: {},
    },
    {
      ...owner,
      kind: 'changed',
      status: 'applied',
      applied_at: at,
      changes: { reason: { from: null, to: 'Checked' } },
    },
    { ...owner, kind: 'changed', changes: { publisher: { from: null, to: 'North Media' } } },
  ]);
  const times = items.map((item: { at: string }) => item.at);
  expect(times).toEqual([...times].sort());
});

test('a call that is made completed was created and completed', async () => {
  await server.createCall('at once', { ended_at: '2026-11-20T10:01:00Z', buyer: 'Acme' });
  const { items } = await readTimeline('at once');
  expect(items).toMatchObject([
    {
      kind: 'created',
      changes: {
        buyer: { from: null, to: 'Acme' },
        started_at: { from: null, to: '2026-11-20T10:01:00.000Z' },
      },
    },
    { kind: 'completed', changes: { state: { from: 'live', to: 'completed' } } },
  ]);
  expect(items[0].changes).not.toHaveProperty('state');
});

test('an event without a change is not recorded', async () => {
  await server.createCall('nothing new', { state: 'live', buyer: 'Acme' });
  const { updated_at } = await server.readCall('nothing new');
  await server.api('POST', '/calls', { call_log_id: 'nothing new', buyer: 'Acme' });
  expect((await readTimeline('nothing new')).items).toHaveLength(1);
  expect((await server.readCall('nothing new')).updated_at).toBe(updated_at);
});

test('a deleted webhook keeps its name in timelines', async () => {
  const gone = await server.createWebhook('update_fields', { name: 'Old CRM' });
  await server.createCall('outlives');
  await server.post(gone, { call_log_id: 'outlives', reason: 'Sold' });
  await server.api('DELETE', `/webhooks/incoming/${gone.id}`);
  expect((await readTimeline('outlives')).items.at(-1)).toMatchObject({ kind: 'postback', by: 'Old CRM' });
});

test('a postback that names the call by its phone number is in the timeline', async () => {
  await server.createCall('by phone', { phone_number: '+14155550177' });
  await server.post(webhook, { phone_number: '(415) 555-0177', reason: 'Sold' });
  expect((await readTimeline('by phone')).items.at(-1)).toMatchObject({
    changes: { reason: { to: 'Sold' } },
  });
});

test('pages show every item once, in order, while more is happening', async () => {
  const id = 'pages';
  await server.createCall(id, { state: 'live' });
  for (let at = 0; at < 9; at += 1) {
    if (at % 3 === 0) await server.api('POST', '/calls', { call_log_id: id, buyer: `B${at}` });
    else await server.post(webhook, { call_log_id: id, reason: `R${at}` });
  }
  const whole = (await readTimeline(id)).items;
  expect(whole).toHaveLength(10);
  const walked = [];
  let query = '?limit=3';
  for (let pages = 0; pages < 20; pages += 1) {
    const { items, next_cursor } = await readTimeline(id, query);
    walked.push(...items);
    if (pages < 2) await server.post(webhook, { call_log_id: id, reason: 'meanwhile' });
    if (next_cursor === null) break;
    query = `?limit=3&cursor=${next_cursor}`;
  }
  expect(walked.slice(0, 10)).toEqual(whole);
  expect(walked).toHaveLength(12);
  const exact = await readTimeline(id, '?limit=12');
  expect(exact).toMatchObject({ next_cursor: null, items: walked });
  const last = await readTimeline(id, '?order=newest&limit=5');
  const first = await readTimeline(id, `?order=newest&limit=7&cursor=${last.next_cursor}`);
  expect([...last.items, ...first.items]).toEqual(walked.toReversed());
  expect(first.next_cursor).toBeNull();
});

test('an unknown call has no timeline, and a bad page is rejected', async () => {
  expectProblem(await server.api('GET', '/calls/missing/timeline'), 404, 'call_not_found');
  const answer = await server.api('GET', '/calls/pages/timeline?limit=0&cursor=x&kind=created');
  expectProblem(answer, 422, 'unknown_field');
  expect(faultsOf(answer)).toEqual(['kind: unknown_field', 'limit: invalid_value', 'cursor: invalid_value']);
});
