/** A file that is sent in parts, by a client that cannot read the response while it sends. */
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../support/server.ts';
import { sendFile, told } from '../send-file.ts';

const server = useServer();

beforeAll(async () => {
  for (const id of ['P1', 'P2', 'P3']) await server.createCall(id);
});

test('rows and lines are numbered as in the whole file, and all parts are undone as one', async () => {
  const header = 'call_log_id,revenue_paid_out\n';
  const importKey = { import_key: 'whole' };
  const first = await sendFile(server, `${header}P1,1\nP2,2\n`, importKey);
  const { import_id: importId, webhook_id: webhookId } = first.summary;
  const rest = { ...importKey, import_id: importId, rows_before: '2', lines_before: '2' };
  const second = await sendFile(server, `${header}P3,3\nNONE,4\n`, rest);
  expect(second.rows.map(({ row, line }) => [row, line])).toEqual([
    [3, 4],
    [4, 5],
  ]);
  expect(second.rows.map(told)).toEqual(['applied', 'call_not_found']);
  expect(second.summary).toMatchObject({ rows: 2, import_id: importId });

  const again = await sendFile(server, `${header}P3,3\nNONE,4\n`, rest);
  expect(again.rows[0]).toMatchObject({ row: 3, duplicate: true });

  const broken = await sendFile(server, `${header}P1,1\nP2,"2\n`, rest);
  expect(broken.error.line ?? broken.rows.at(-1).line).toBe(5);

  const undone = await server.api('POST', `/webhooks/incoming/${webhookId}/undo`, { import_id: importId });
  expect(undone.json).toMatchObject({ calls: 3, sums: { revenue_paid_out: '-6.00' } });
});

test('a part of what is no import is rejected', async () => {
  const { status, problem } = await sendFile(server, 'call_log_id,reason\n', { import_id: 'mine' });
  expect(status).toBe(422);
  expect(problem.errors[0]).toMatchObject({ field: 'import_id' });
});

test('with a mapping, amounts and dates are read as the file writes them, and other columns may be missing', async () => {
  const mapping = { fields: { call_log_id: 'Id', revenue_paid_out: 'Rev', call_converted_at: 'When' } };
  const file =
    'Id,Rev,When,Note,Note\nP1,"$1,250.50",11/24/2026 8:18 PM\nP2,($5.00)\nP3,#N/A,11/24/2026,a,b\n';
  const query = { mapping: JSON.stringify(mapping), amounts: 'point', dates: 'us', dry_run: 'true' };
  const { rows, summary } = await sendFile(server, file, query);
  expect(rows.map(told)).toEqual([expect.any(String), 'malformed_body', 'invalid_value']);
  expect(rows[0].changes ?? rows[0]).toMatchObject({ revenue_paid_out: { to: '1250.50' } });
  expect(summary.ignored_columns).toEqual(['Note']);
  const other = await sendFile(server, 'Title\nId,Rev,When\nP1,1,\n', query);
  expect(other.problem).toMatchObject({
    code: 'call_not_identified',
    detail: expect.stringContaining('line=2'),
  });
});
