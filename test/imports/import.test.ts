/** Files of rows through POST /api/v1/imports. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { sendFile } from './send-file.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

test('each row of a CSV file changes its call and is answered by one line', async () => {
  await server.createCall('R1');
  await server.createCall('R2', { state: 'live' });
  const { status, rows, summary } = await sendFile(
    server,
    'call_log_id,revenue_paid_out,reason\nR1,12.5,sold\nR2,7,\nnobody,1,x\nR1,12.50,sold\n',
  );
  expect(status).toBe(200);
  expect(rows.map(({ row, line, status: outcome, code }) => [row, line, outcome, code])).toEqual([
    [1, 2, 'applied', undefined],
    [2, 3, 'queued', undefined],
    [3, 4, 'rejected', 'call_not_found'],
    [4, 5, 'unchanged', undefined],
  ]);
  expect(rows[0].changes).toEqual({
    revenue_paid_out: { from: null, to: '12.50' },
    reason: { from: null, to: 'sold' },
  });
  expect(summary).toMatchObject({ rows: 4, applied: 1, queued: 1, rejected: 1, unchanged: 1, duplicate: 0 });
  expect(await server.readCall('R1')).toMatchObject({ revenue_paid_out: '12.50', reason: 'sold' });
});
