/** Files of rows through POST /api/v1/imports: what becomes of each row. */
import { describe, expect, test } from 'vitest';
import { startTestServer, useServer } from '../support/server.ts';
import { ndjson, sendFile, told } from './send-file.ts';

const server = useServer();

test('each row changes its call and is answered by one line, in order', async () => {
  await server.createCall('R1');
  await server.createCall('R2', { state: 'live' });
  const { status, rows, summary, error } = await sendFile(
    server,
    'call_log_id,revenue_paid_out,reason\nR1,12.5,sold\nR2,7,\nmissing,1,x\nR1,12.50,sold\n',
  );
  expect(status).toBe(200);
  expect(error).toBeUndefined();
  expect(rows.map((row) => [row.row, row.line, told(row), row.call_log_id])).toEqual([
    [1, 2, 'applied', 'R1'],
    [2, 3, 'queued', 'R2'],
    [3, 4, 'call_not_found', 'missing'],
    [4, 5, 'unchanged', 'R1'],
  ]);
  expect(rows[0].changes).toEqual({
    revenue_paid_out: { from: null, to: '12.50' },
    reason: { from: null, to: 'sold' },
  });
  expect(summary).toMatchObject({ rows: 4, applied: 1, queued: 1, rejected: 1, unchanged: 1, duplicate: 0 });
  expect(summary.codes).toEqual({ call_not_found: 1 });
  expect(summary.changes).toEqual({
    revenue_paid_out: { rows: 1, from: '0.00', to: '12.50' },
    reason: { rows: 1 },
  });
  expect(await server.readCall('R1')).toMatchObject({ revenue_paid_out: '12.50', reason: 'sold' });
});

test('a rejected row tells all its faults, and the rows behind it are done', async () => {
  await server.createCall('F1');
  const { rows, summary } = await sendFile(
    server,
    'call_log_id,revenue_paid_out,converted,call_converted_at\nF1,$5,maybe,2026-02-30T00:00:00Z\n,1,,\nF1\nF1,"1,000.00",,\nF1,5.25,yes,2026-01-01T00:00:00Z\n',
  );
  expect(rows.map(told)).toEqual([
    'invalid_value',
    'call_not_identified',
    'malformed_body',
    'invalid_value',
    'applied',
  ]);
  expect(rows[0].errors.map((fault: { field: string }) => fault.field).sort()).toEqual([
    'call_converted_at',
    'converted',
    'revenue_paid_out',
  ]);
  expect(rows[3].detail).toMatch(/no currency sign, thousands separator/);
  expect(summary).toMatchObject({ rows: 5, applied: 1, rejected: 4 });
  expect(await server.readCall('F1')).toMatchObject({
    revenue_paid_out: '5.25',
    converted: true,
    call_converted_at: '2026-01-01T00:00:00.000Z',
  });
});

test('a row is a postback in the log, of the account’s own webhook, with its row, line and values', async () => {
  await server.createCall('L1');
  const { rows, summary } = await sendFile(server, 'call_log_id,reason\nL1,"a\nb"\n', { import_key: 'log' });
  const postback = (await server.api('GET', `/postbacks/${rows[0].postback_id}`)).json;
  expect(postback).toMatchObject({
    webhook_name: 'File import',
    webhook_id: summary.webhook_id,
    transaction_id: 'log#1',
    status: 'applied',
    request: { import_key: 'log', row: 1, line: 2, body: { call_log_id: 'L1', reason: 'a\nb' } },
  });
});

test('the own webhook is made once, however many imports begin at once, and never shows its key', async () => {
  const other = await startTestServer();
  await other.createCall('O1');
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => sendFile(other, 'call_log_id,reason\nO1,x\n')),
  );
  expect(new Set(answers.map(({ summary }) => summary.webhook_id)).size).toBe(1);
  const { items } = (await other.api('GET', '/webhooks/incoming')).json;
  expect(items).toMatchObject([
    { name: 'File import', type: 'update_fields', match_window_hours: 2160, match_rule: 'only' },
  ]);
  expect(items[0]).not.toHaveProperty('auth_key');
  await other.stop();
});

describe('cells', () => {
  test('that are empty leave the field as it is, and the word null clears it', async () => {
    await server.createCall('E1', { reason: 'old', revenue_paid_out: 5, campaign: 'c' });
    const first = await sendFile(server, 'call_log_id,phone_number,reason,revenue_paid_out\nE1,,, \n');
    expect(first.rows.map(told)).toEqual(['unchanged']);
    await sendFile(server, 'call_log_id,reason,revenue_paid_out\nE1,null,6\n');
    expect(await server.readCall('E1')).toMatchObject({ reason: null, revenue_paid_out: '6.00' });
  });

  test('that are empty clear the field where that is asked for, and money is never cleared', async () => {
    await server.createCall('E2', { reason: 'old', revenue_paid_out: 5 });
    const file = 'call_log_id,reason\nE2,\n';
    await sendFile(server, file, { empty: 'null' });
    expect(await server.readCall('E2')).toMatchObject({ reason: null, revenue_paid_out: '5.00' });
    const { rows } = await sendFile(server, 'call_log_id,revenue_paid_out\nE2,\n', { empty: 'null' });
    expect(rows.map(told)).toEqual(['invalid_value']);
  });

  test('with newlines are kept, and the rows behind them know their lines', async () => {
    await server.createCall('Q1');
    const { rows } = await sendFile(server, '\uFEFFcall_log_id,reason\r\nQ1,"one\r\ntwo"\r\nmissing,x\r\n');
    expect(rows.map((row) => [row.line, told(row)])).toEqual([
      [2, 'applied'],
      [4, 'call_not_found'],
    ]);
    expect(await server.readCall('Q1')).toMatchObject({ reason: 'one\r\ntwo' });
  });
});

describe('a dry run', () => {
  test('tells what would change, changes nothing and is not remembered', async () => {
    await server.createCall('D1', { publisher_paid_out: 10 });
    const file = 'call_log_id,publisher_paid_out\nD1,12.3456\nmissing,1\n';
    const dry = await sendFile(server, file, { import_key: 'dry', dry_run: 'true' });
    expect(dry.rows.map(told)).toEqual(['applied', 'call_not_found']);
    expect(dry.rows[0]).toMatchObject({
      dry_run: true,
      changes: { publisher_paid_out: { from: '10.00', to: '12.3456' } },
    });
    expect(dry.summary).toMatchObject({
      dry_run: true,
      changes: { publisher_paid_out: { rows: 1, from: '10.00', to: '12.3456' } },
    });
    expect(await server.readCall('D1')).toMatchObject({ publisher_paid_out: '10.00' });
    const real = await sendFile(server, file, { import_key: 'dry' });
    expect(real.summary).toMatchObject({ applied: 1, duplicate: 0, dry_run: false });
  });

  test.each(['dry_run=', 'dry_run', 'dry_run=yes'])('is meant by %s', async (parameter) => {
    await server.createCall('D2');
    const answer = await server.request(`/api/v1/imports?${parameter}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
      body: Buffer.from('call_log_id,reason\nD2,x\n'),
    });
    expect(answer.text).toContain('"dry_run":true');
    expect(await server.readCall('D2')).toMatchObject({ reason: null });
  });

  test('misspelled is rejected', async () => {
    const { status, problem } = await sendFile(server, 'call_log_id,reason\nD1,x\n', { dryrun: 'true' });
    expect([status, problem.code, problem.errors[0].field]).toEqual([422, 'unknown_field', 'dryrun']);
  });
});

test('a file of no rows and a file of one row are answered', async () => {
  await server.createCall('Z1');
  const none = await sendFile(server, 'call_log_id,reason');
  expect(none).toMatchObject({ status: 200, rows: [], summary: { rows: 0, applied: 0 } });
  const noLine = await sendFile(server, '', {}, ndjson);
  expect(noLine).toMatchObject({ status: 200, rows: [], summary: { rows: 0 } });
  const one = await sendFile(server, 'call_log_id,reason\nZ1,x');
  expect(one).toMatchObject({ rows: [{ row: 1, line: 2, status: 'applied' }], summary: { rows: 1 } });
});
