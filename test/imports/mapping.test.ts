/** Files whose columns are read by a mapping. */
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../support/server.ts';
import { sendFile, told } from './send-file.ts';

const server = useServer();
const mapping = {
  only_when: [{ from: 'Status', in: ['Sold', 'Returned'] }],
  fields: {
    call_log_id: 'Call ID',
    revenue_paid_out: { from: 'Revenue', as: 'money', currency: '$', thousands: ',' },
    converted: { from: 'Status', words: { sold: true, returned: false } },
    call_converted_at: { from: 'Date', as: 'time', format: 'us', zone: 'America/New_York' },
  },
};
const file = [
  'Call ID,Revenue,Status,Date,Notes',
  'F1,"$1,250.50",Sold,1/13/2026 8:18:22 PM,x',
  'F2,$3,Open,1/13/2026,',
  'F3,12€,sold,1/13/2026,',
].join('\n');

beforeAll(async () => {
  for (const id of ['F1', 'F2', 'F3']) await server.createCall(id, { started_at: '2026-01-13T20:00:00Z' });
  await server.createWebhook('update_fields', { name: 'Acme tracker', mapping });
});

test('an import reads them by a mapping that is sent with it', async () => {
  const { rows, summary } = await sendFile(server, file, { mapping: JSON.stringify(mapping) });
  expect(rows.map(told)).toEqual(['applied', 'ignored', 'invalid_value']);
  expect(summary).toMatchObject({ rows: 3, applied: 1, ignored: 1, rejected: 1, ignored_columns: ['Notes'] });
  expect(await server.readCall('F1')).toMatchObject({
    revenue_paid_out: '1250.50',
    call_converted_at: '2026-01-14T01:18:22.000Z',
  });
});

test('a mapping that is sent may have 12,000 characters', async () => {
  const words = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`word number ${index}`, true]));
  const converted = { from: 'Status', words: { ...words, sold: true, returned: false } };
  const text = JSON.stringify({ ...mapping, fields: { ...mapping.fields, converted } });
  expect(text.length).toBeGreaterThan(11_000);
  const { rows } = await sendFile(server, file, { mapping: text, dry_run: 'true' });
  expect(rows.map(told)).toEqual(['unchanged', 'ignored', 'invalid_value']);
  const answer = await sendFile(server, file, { mapping: 'x'.repeat(12_001) });
  expect(answer).toMatchObject({ status: 422 });
});

test('an import reads them by the mapping of a webhook, by its name or as its webhook', async () => {
  const { rows } = await sendFile(server, file, { mapping: 'Acme tracker' });
  expect(rows.map(told)).toEqual(['unchanged', 'ignored', 'invalid_value']);
  const { json } = await server.api('GET', '/webhooks/incoming');
  const { id } = json.items.find(({ name }: { name: string }) => name === 'Acme tracker');
  const own = await sendFile(server, file, { webhook_id: id });
  expect(own.rows.map(told)).toEqual(['unchanged', 'ignored', 'invalid_value']);
});

test('a row that was read by a mapping of the file is not replayed by another', async () => {
  const { rows } = await sendFile(server, 'Call ID,Revenue,Status\nNONE,$1,sold\n', {
    mapping: JSON.stringify(mapping),
  });
  expect(rows.map(told)).toEqual(['call_not_found']);
  const replayed = await server.api('POST', `/postbacks/${rows[0].postback_id}/replay`);
  expect(replayed.json).toMatchObject({ status: 409, code: 'not_replayable' });
});

test('a reconciliation reads the statement by a mapping, with negative amounts', async () => {
  const period = { from: '2026-01-01', to: '2026-01-31', amount: 'revenue_paid_out' };
  const statement = 'Call ID,Amt,Kind\nF1,"$1,250.50",call\nF1,($250.00),call\nF9,$5,total\n';
  const own = {
    only_when: [{ from: 'Kind', in: ['call'] }],
    fields: {
      call_log_id: 'Call ID',
      amount: { from: 'Amt', as: 'money', currency: '$', thousands: ',' },
    },
  };
  const answer = await sendFile(
    server,
    statement,
    { ...period, mapping: JSON.stringify(own) },
    'text/csv',
    '/reconciliations',
  );
  expect(answer.rows.find(({ call_log_id: id }) => id === 'F1')).toMatchObject({
    kind: 'differs',
    theirs: '1000.50',
    ours: '1250.50',
  });
  expect(answer.rows.some(({ call_log_id: id }) => id === 'F9')).toBe(false);
  const byName = await sendFile(
    server,
    file,
    { ...period, mapping: 'Acme tracker' },
    'text/csv',
    '/reconciliations',
  );
  expect(byName.rows[0]).toMatchObject({ kind: 'rejected', code: 'invalid_value', line: 4 });
  expect(byName.rows[1]).toMatchObject({ kind: 'equal', call_log_id: 'F1' });
});

test.each([
  ['{"fields":{"nope":"x"}}', 'mapping_invalid'],
  ['{"fields":', 'invalid_value'],
  ['No such webhook', 'invalid_value'],
])('the mapping %s is rejected before the file is read', async (text, code) => {
  const answer = await sendFile(server, file, { mapping: text });
  expect([answer.status, answer.problem.code]).toEqual([422, code]);
});
