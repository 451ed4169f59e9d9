/** Macros that the sender's system left unreplaced. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodings, pathOf, sendAs } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

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
  '@Call.ANI@',
  '{!Lead.Phone}',
  '{{1.phone}}',
  '{{ $json.phone }}',
  '<%= call.id %>',
  '~Contact.Id~',
  '__CLICKID__',
  '*|PHONE|*',
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

  test('is rejected in a URL without percent-encoding', async () => {
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

test.each(['undefined', 'NaN', 'None', '[object Object]'])(
  '%s of an unset variable is rejected in every parameter, and uses up no transaction id',
  async (text) => {
    for (const name of ['call_log_id', 'phone_number', 'revenue_paid_out', 'reason', 'transaction_id']) {
      const payload = {
        call_log_id: 'CA1',
        reason: 'r',
        [name]: text,
        ...(name === 'phone_number' && { call_log_id: null }),
      };
      const answer = await server.post(webhook, payload);
      expect(answer.json).toMatchObject({
        status: 422,
        code: 'unresolved_placeholder',
        errors: [{ field: name }],
      });
    }
    const tag = await server.post(webhook, { call_log_id: 'CA1', add: { deal: text } });
    expect(tag.json.errors).toMatchObject([{ field: 'add.deal', code: 'unresolved_placeholder' }]);
  },
);

test.each(['call_log_id', 'transaction_id', 'converted', 'revenue_paid_out', 'add[deal]'])(
  'the word null is rejected for %s, which does not take null',
  async (name) => {
    const answer = await server.get(webhook, [
      ...(name === 'call_log_id' ? [] : [['call_log_id', 'CA1'] as [string, string]]),
      ['no_payout_reason', 'null'],
      [name, 'null'],
    ]);
    const field = name === 'add[deal]' ? 'add.deal' : name;
    expect(answer.json.errors).toMatchObject([{ field, code: 'unresolved_placeholder' }]);
  },
);

test.each(['[voicemail]', '<No answer>', '[left voicemail]', '{busy}'])(
  '%s is a disposition as a reason or tag, and a macro elsewhere',
  async (text) => {
    const answer = await server.post(webhook, {
      call_log_id: 'CA1',
      dry_run: true,
      reason: text,
      add: { d: text },
    });
    expect(answer.json.changes).toMatchObject({ reason: { to: text }, 'tags.d': { to: text } });
    const id = await server.post(webhook, { call_log_id: 'CA1', reason: 'r', transaction_id: text });
    expect(id.json).toMatchObject({ code: 'unresolved_placeholder', errors: [{ field: 'transaction_id' }] });
  },
);

test.each(['\u202aCA1\u202c', '\u200bCA1', 'CA1\ufeff'])(
  'an id with invisible characters is rejected: %j',
  async (id) => {
    const answer = await server.post(webhook, { call_log_id: id, reason: 'r' });
    expect(answer.json).toMatchObject({ code: 'invalid_value', errors: [{ field: 'call_log_id' }] });
    expect(answer.json.detail).toMatch(/U\+(?:202A|200B|FEFF)/);
  },
);
