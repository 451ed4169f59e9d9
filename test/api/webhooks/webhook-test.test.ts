/** Postbacks that an operator sends by hand through a webhook. */
import { expect, test } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const send = (body: object, id = webhook.id) => server.api('POST', `/webhooks/incoming/${id}/test`, body);

test('a test takes the path of every postback, and is in the log with its sender', async () => {
  await server.createCall('C1');
  const body = { call_log_id: 'C1', revenue_paid_out: '12.5', utm: 'x' };
  const { status, json } = await send({ method: 'POST', body });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    status: 200,
    answer: {
      status: 'applied',
      changes: { revenue_paid_out: { from: null, to: '12.50' } },
      ignored: ['utm'],
    },
  });
  expect(await server.readCall('C1')).toMatchObject({ revenue_paid_out: '12.50' });
  const logged = (await server.api('GET', `/postbacks/${json.answer.postback_id}`)).json;
  expect(logged).toMatchObject({
    webhook_id: webhook.id,
    status: 'applied',
    request: { method: 'POST', path: '/update-fields', body, sent_by: 'owner' },
  });
});

test('a GET is read as a query is, and a dry run changes nothing', async () => {
  await server.createCall('C2');
  const query = { call_log_id: 'C2', converted: 'yes', add: 'deal:won' };
  const { json } = await send({ method: 'GET', query, dry_run: true });
  expect(json).toMatchObject({
    status: 200,
    answer: { dry_run: true, changes: { 'tags.deal': { to: 'won' } } },
  });
  expect(await server.readCall('C2')).toMatchObject({ converted: false, tags: {} });
});

test('a rejection is shown as a sender would get it', async () => {
  const { status, json } = await send({ method: 'POST', body: { call_log_id: 'none', converted: 'maybe' } });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    status: 422,
    answer: { code: 'invalid_value', errors: [{ field: 'converted' }] },
  });
  await server.createCall('L1', { state: 'live' });
  expect((await send({ method: 'POST', body: { call_log_id: 'L1', reason: 'x' } })).json.status).toBe(202);
});

test('a repeat with the same transaction id is one, from any sender', async () => {
  await server.createCall('C3');
  const body = { call_log_id: 'C3', reason: 'once', transaction_id: 'same' };
  await server.post(webhook, body);
  expect((await send({ method: 'POST', body })).json.answer).toMatchObject({ duplicate: true });
});

test('guards against other senders do not apply to the operator; all other rules do', async () => {
  await server.createCall('C4');
  const body = { call_log_id: 'C4', reason: 'x' };
  const guarded = await server.createWebhook('update_fields', {
    allowed_addresses: ['203.0.113.7'],
    rate_limit_per_minute: 1,
    signature_required: true,
  });
  for (let i = 0; i < 3; i += 1)
    expect((await send({ method: 'POST', body }, guarded.id)).json.status).toBe(200);
  expect((await send({ method: 'GET', query: body }, guarded.id)).json.answer.code).toBe(
    'method_not_allowed',
  );
  await server.api('PATCH', `/webhooks/incoming/${guarded.id}`, { paused: true });
  expect((await send({ method: 'POST', body }, guarded.id)).json).toMatchObject({
    status: 403,
    answer: { code: 'webhook_paused' },
  });
});

test('there is none for an unknown webhook or one of another account', async () => {
  const body = { method: 'POST', body: { call_log_id: 'C1', reason: 'x' } };
  expectProblem(await send(body, 'x'), 404, 'not_found');
  const { server: other } = await addAccount(server, 'Other');
  expectProblem(await other.api('POST', `/webhooks/incoming/${webhook.id}/test`, body), 404, 'not_found');
});
