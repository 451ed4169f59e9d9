/** Macros that the sender's system left unreplaced. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodings, pathOf, sendAs } from '../support/senders.ts';
import { startTestServer, type TestServer, type TestWebhook } from '../support/server.ts';

let server: TestServer;
let webhook: TestWebhook;

beforeAll(async () => {
  server = await startTestServer();
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

afterAll(() => server.stop());

const macros = [
  '[call_id]',
  '[Call ID]',
  '{call_id}',
  '{{call.id}}',
  '{{ call.id }}',
  '%%id%%',
  '%%call_id%%',
  '%call_id%',
  '#tid#',
  '\u0024{id}',
  '<id>',
  '--A--id--B--',
];

describe.each(macros)('%s', (macro) => {
  test.each(encodings)('is rejected by %s in every parameter, by name', async (encoding) => {
    for (const name of [
      'call_log_id',
      'converted',
      'revenue_paid_out',
      'reason',
      'transaction_id',
      'dry_run',
      'return',
    ]) {
      const payload = { call_log_id: 'CA1', reason: 'r', [name]: macro };
      const answer = await sendAs(server, webhook, encoding, payload);
      expect(answer.json).toMatchObject({ status: 422, code: 'unresolved_placeholder' });
      expect(answer.json.errors).toMatchObject([{ field: name, code: 'unresolved_placeholder' }]);
    }
    const byPhone = await sendAs(server, webhook, encoding, { phone_number: macro, reason: 'r' });
    expect(byPhone.json.errors).toMatchObject([{ field: 'phone_number', code: 'unresolved_placeholder' }]);
    const inFields = await sendAs(server, webhook, encoding, {
      call_log_id: 'CA1',
      fields: { reason: macro },
    });
    expect(inFields.json.errors).toMatchObject([{ field: 'fields.reason', code: 'unresolved_placeholder' }]);
    expect((await server.readCall('CA1')).reason).toBeNull();
  });

  test.each(encodings)('is rejected by %s beside a call_log_id and for all fields', async (encoding) => {
    const payload = { call_log_id: 'CA1', phone_number: macro, fields: macro, reason: 'r' };
    const answer = await sendAs(server, webhook, encoding, payload);
    expect(answer.json.errors).toMatchObject([
      { field: 'fields', code: 'unresolved_placeholder' },
      { field: 'phone_number', code: 'unresolved_placeholder' },
    ]);
  });

  test('is rejected as the value and as the key of a tag', async () => {
    const value = await server.post(webhook, { call_log_id: 'CA1', add: { deal: macro } });
    expect(value.json.errors).toMatchObject([{ field: 'add.deal', code: 'unresolved_placeholder' }]);
    const key = await server.post(webhook, { call_log_id: 'CA1', add: { [macro]: 'x' }, remove: [macro] });
    expect(key.json.errors).toMatchObject([
      { field: 'add', code: 'unresolved_placeholder' },
      { field: 'remove', code: 'unresolved_placeholder' },
    ]);
    const asText = await server.get(webhook, [
      ['call_log_id', 'CA1'],
      ['add', `deal:${macro}`],
      ['remove', macro],
    ]);
    expect(asText.json.code).toBe('unresolved_placeholder');
  });

  test('is rejected where it stands in a URL without percent-encoding', async () => {
    if (macro.startsWith('#')) return; // the rest of such a URL is its fragment and is never sent
    const answer = await server.request(`${pathOf(webhook)}?call_log_id=CA1&reason=${macro}`, {
      headers: { 'x-auth-key': webhook.auth_key },
    });
    expect(answer.json).toMatchObject({ code: 'unresolved_placeholder', errors: [{ field: 'reason' }] });
  });

  test('is a value like any other inside a longer text, and ignored where its name is unknown', async () => {
    const reason = `see ${macro}`;
    const answer = await server.post(webhook, {
      ...{ call_log_id: 'CA1', dry_run: true, reason, utm_source: macro },
      add: { note: reason },
    });
    expect(answer.json).toMatchObject({
      status: 'applied',
      changes: { reason: { to: reason }, 'tags.note': { to: reason } },
      ignored: ['utm_source'],
    });
  });
});

test.each(['[]', '{}', '<>', '##', '%%', '[1] [2]', '5%', '#1', 'a < b > c', '-- A --', '50%-60%'])(
  '%s is no macro',
  async (reason) => {
    const answer = await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason });
    expect(answer.json.changes.reason.to).toBe(reason);
  },
);
