/** The webhook that a file goes through: named, or the account’s own. */
import { describe, expect, test } from 'vitest';
import { startTestServer, useServer } from '../support/server.ts';
import { sendFile, told } from './send-file.ts';

const server = useServer();

describe('the webhook', () => {
  test('that is named decides type and matching', async () => {
    const webhook = await server.createWebhook('update_revenue', { match_rule: 'latest' });
    for (const [id, day] of [
      ['W1', 1],
      ['W2', 2],
    ] as const) {
      const startedAt = new Date(Date.now() - day * 86_400_000).toISOString();
      await server.createCall(id, { phone_number: '+15550100888', started_at: startedAt });
    }
    const file = 'phone_number,amount\n+15550100888,9\n';
    const { rows } = await sendFile(server, file, { webhook_id: webhook.id });
    expect(rows[0]).toMatchObject({ status: 'applied', call_log_id: 'W1', candidates: 2 });
    // The account's own webhook rejects what is ambiguous.
    const own = await sendFile(server, file, { type: 'update_revenue' });
    expect(own.rows[0]).toMatchObject({
      status: 'rejected',
      code: 'ambiguous_call',
      call_log_ids: ['W1', 'W2'],
    });
  });

  test('of type update_tags takes tags', async () => {
    await server.createCall('W3', { tags: { old: '1' } });
    const { rows } = await sendFile(server, 'call_log_id,add[deal],add,remove\nW3,won,"a:1,b:2",old\n', {
      type: 'update_tags',
    });
    expect(rows.map(told)).toEqual(['applied']);
    expect(await server.readCall('W3')).toMatchObject({ tags: { deal: 'won', a: '1', b: '2' } });
  });

  test('that is unknown, paused or of another type rejects the file', async () => {
    const paused = await server.createWebhook();
    await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: true });
    const tags = await server.createWebhook('update_tags');
    const unknown = '01890000-0000-7000-8000-000000000000';
    for (const [query, status, code] of [
      [{ webhook_id: unknown }, 404, 'not_found'],
      [{ webhook_id: 'x' }, 422, 'invalid_value'],
      [{ webhook_id: paused.id }, 403, 'webhook_paused'],
      [{ webhook_id: tags.id, type: 'update_fields' }, 403, 'wrong_webhook_type'],
    ] as const) {
      const answer = await sendFile(server, 'call_log_id,reason\nx,y\n', query);
      expect([answer.status, answer.problem.code]).toEqual([status, code]);
    }
  });

  test('of another account is unknown', async () => {
    const other = await startTestServer();
    const webhook = await other.createWebhook();
    const answer = await sendFile(server, 'call_log_id,reason\nx,y\n', { webhook_id: webhook.id });
    expect([answer.status, answer.problem.code]).toEqual([404, 'not_found']);
    await other.stop();
  });
});
