/** Files of rows through POST /api/v1/imports: what becomes of each row. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { sendFile } from './send-file.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

const told = ({ status, code }: { status: string; code?: string }) => code ?? status;
const ndjson = 'application/x-ndjson';

test('each row changes its call and is answered by one line, in order', async () => {
  await server.createCall('R1');
  await server.createCall('R2', { state: 'live' });
  const { status, rows, summary, error } = await sendFile(
    server,
    'call_log_id,revenue_paid_out,reason\nR1,12.5,sold\nR2,7,\nnobody,1,x\nR1,12.50,sold\n',
  );
  expect(status).toBe(200);
  expect(error).toBeUndefined();
  expect(rows.map((row) => [row.row, row.line, told(row), row.call_log_id])).toEqual([
    [1, 2, 'applied', 'R1'],
    [2, 3, 'queued', 'R2'],
    [3, 4, 'call_not_found', 'nobody'],
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

test('a refused row tells all its faults, and the rows behind it are done', async () => {
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

test('the own webhook is made once, however many imports begin at once, and gives its key to nobody', async () => {
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

describe('columns', () => {
  test('are mapped, left out, or ignored and listed once', async () => {
    await server.createCall('M1');
    const { rows, summary } = await sendFile(
      server,
      'Call ID,Payout = net,Deal,reason,Agent,,Agent\nM1,7.5,won,secret,Ann,,Bob\nM1,8,won,secret,Ann,,Bob\n',
      {
        map: ['Call ID=call_log_id', 'Payout = net=publisher_paid_out', 'Deal=add[deal]', 'reason='],
      },
    );
    expect(rows.map(told)).toEqual(['applied', 'applied']);
    expect(summary.ignored_columns).toEqual(['reason', 'Agent']);
    expect(await server.readCall('M1')).toMatchObject({
      publisher_paid_out: '8.00',
      tags: { deal: 'won' },
      reason: null,
    });
  });

  test('of NDJSON lines are mapped too, and every digit is kept', async () => {
    await server.createCall('M2');
    const lines = [
      { 'Call ID': 'M2', Payout: '1.5', Note: 'x', add: { a: 'b' } },
      { 'Call ID': 'M2', Payout: 2, publisher_paid_out: 3 },
    ].map((line) => JSON.stringify(line));
    const { rows, summary } = await sendFile(
      server,
      `${lines[0]}\n\n{"call_log_id":"M2","revenue_paid_out":12345678.9012}\n${lines[1]}\n`,
      { map: ['Call ID=call_log_id', 'Payout=publisher_paid_out'] },
      ndjson,
    );
    expect(rows.map((row) => [row.line, told(row)])).toEqual([
      [1, 'applied'],
      [3, 'applied'],
      [4, 'conflicting_field'],
    ]);
    expect(summary.ignored_columns).toEqual(['Note']);
    expect(await server.readCall('M2')).toMatchObject({
      publisher_paid_out: '1.50',
      revenue_paid_out: '12345678.9012',
      tags: { a: 'b' },
    });
  });

  test.each([
    [
      'a column that is not there',
      'call_log_id,reason\n',
      { map: 'Payout=reason' },
      'invalid_value',
      /no column "Payout".*"call_log_id", "reason"/,
    ],
    [
      'a field that is none',
      'call_log_id,Payout\n',
      { map: 'Payout=publisher_paid' },
      'unknown_field',
      /publisher_paid_out/,
    ],
    ['a mapping that is none', 'call_log_id,reason\n', { map: 'reason' }, 'invalid_value', /COLUMN=FIELD/],
    [
      'a column mapped twice',
      'call_log_id,a\n',
      { map: ['a=reason', 'a=converted'] },
      'invalid_value',
      /mapped twice/,
    ],
    [
      'two columns of one meaning',
      'call_log_id,Payout,revenue_paid_out\n',
      { map: 'Payout=revenue_paid_out' },
      'conflicting_field',
      /"Payout" and "revenue_paid_out" both mean/,
    ],
    [
      'two columns of one name',
      'call_log_id,reason,reason\n',
      {},
      'conflicting_field',
      /Two columns are called "reason"/,
    ],
    [
      'no column for the call',
      'id,reason\n',
      {},
      'call_not_identified',
      /"Call ID=call_log_id".*"id", "reason"/,
    ],
    ['no column to change', 'call_log_id,Reason\n', {}, 'no_updates', /"call_log_id", "Reason"/],
    ['no revenue', 'call_log_id,converted\n', { type: 'update_revenue' }, 'invalid_value', /"revenue"/],
  ])('with %s are refused before the first row', async (_name, header, query, code, detail) => {
    const { status, problem } = await sendFile(server, `${header}x,y,z\n`, query);
    expect([status, problem.code]).toEqual([422, code]);
    expect(problem.detail).toMatch(detail);
  });
});

describe('cells', () => {
  test('that are empty leave the field as it is, and the word null clears it', async () => {
    await server.createCall('E1', { reason: 'old', revenue_paid_out: 5, campaign: 'c' });
    const first = await sendFile(server, 'call_log_id,phone_number,reason,revenue_paid_out\nE1,,, \n');
    expect(first.rows.map(told)).toEqual(['no_updates']);
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
    const { rows } = await sendFile(server, '\uFEFFcall_log_id,reason\r\nQ1,"one\r\ntwo"\r\nnobody,x\r\n');
    expect(rows.map((row) => [row.line, told(row)])).toEqual([
      [2, 'applied'],
      [4, 'call_not_found'],
    ]);
    expect(await server.readCall('Q1')).toMatchObject({ reason: 'one\r\ntwo' });
  });
});

describe('order', () => {
  test.each(['text/csv', ndjson])('of rows for one call is kept (%s)', async (type) => {
    const id = `S-${type}`;
    await server.createCall(id);
    const rows = Array.from({ length: 300 }, (_, at) =>
      type === 'text/csv' ? `${id},${at}` : JSON.stringify({ call_log_id: id, revenue_paid_out: at }),
    );
    const header = type === 'text/csv' ? 'call_log_id,revenue_paid_out\n' : '';
    const { summary } = await sendFile(server, `${header}${rows.join('\n')}\n`, {}, type);
    expect(summary).toMatchObject({ applied: 300 });
    const { json } = await server.api('GET', `/calls/${encodeURIComponent(id)}/timeline?limit=500`);
    const amounts = json.items.flatMap((item: { changes: Record<string, { to: string }> }) => {
      const { revenue_paid_out: change } = item.changes;
      return change === undefined ? [] : [Number(change.to)];
    });
    expect(amounts).toEqual(Array.from({ length: 300 }, (_, at) => at));
  });

  test('of rows for one call is kept where some name it by number', async () => {
    await server.createCall('S3', { phone_number: '+15550100777' });
    const rows = Array.from({ length: 300 }, (_, at) =>
      at < 100 || at % 3 === 0 ? `S3,,${at}` : `,+1 555 010 0777,${at}`,
    );
    const { summary } = await sendFile(
      server,
      `call_log_id,phone_number,revenue_paid_out\n${rows.join('\n')}\n`,
    );
    expect(summary).toMatchObject({ applied: 300 });
    expect(await server.readCall('S3')).toMatchObject({ revenue_paid_out: '299.00' });
  });

  test('is that of the file however many calls there are', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => server.createCall(`T${at}`)));
    const file = Array.from({ length: 2_000 }, (_, at) => `T${at % 20},${at}`).join('\n');
    const { rows } = await sendFile(server, `call_log_id,revenue_paid_out\n${file}`);
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 2_000 }, (_, at) => at + 1));
    for (const at of [0, 19])
      expect(await server.readCall(`T${at}`)).toMatchObject({ revenue_paid_out: `${1_980 + at}.00` });
  });
});

describe('a file sent again', () => {
  test('with its import_key does no row twice and answers every row again', async () => {
    await server.createCall('A1');
    await server.createCall('A2');
    const file = 'call_log_id,revenue_paid_out\nA1,1\nnobody,2\nA2,3\n';
    const first = await sendFile(server, file, { import_key: 'again' });
    await server.api('PATCH', '/calls/A1', { revenue_paid_out: 100 });
    const second = await sendFile(server, file, { import_key: 'again' });
    expect(second.summary).toMatchObject({ rows: 3, applied: 0, duplicate: 2, rejected: 1 });
    expect(second.rows.map(({ duplicate, postback_id: id }) => [duplicate, id])).toEqual([
      [true, first.rows[0].postback_id],
      [undefined, second.rows[1].postback_id],
      [true, first.rows[2].postback_id],
    ]);
    expect(second.rows[0].changes).toEqual(first.rows[0].changes);
    expect(second.summary.changes).toEqual({});
    expect(await server.readCall('A1')).toMatchObject({ revenue_paid_out: '100.00' });
  });

  test('knows its rows by their own transaction_id first', async () => {
    await server.createCall('A3');
    const header = 'call_log_id,revenue_paid_out,transaction_id\n';
    await sendFile(server, `${header}A3,1,own-1\nA3,2,\n`, { import_key: 'own' });
    const { rows } = await sendFile(server, `${header}A3,2,\nA3,1,own-1\nA3,5,\n`, { import_key: 'own' });
    // Row 1 is another than before, and row 2 is known by its own id wherever it stands.
    expect(rows.map((row) => [told(row), row.duplicate])).toEqual([
      ['unchanged', false],
      ['applied', true],
      ['applied', false],
    ]);
  });

  test('changed, under the same import_key, is refused row by row rather than half done', async () => {
    await server.createCall('A4');
    await sendFile(server, 'call_log_id,revenue_paid_out\nA4,1\n', { import_key: 'changed' });
    const { rows } = await sendFile(server, 'call_log_id,revenue_paid_out\nA4,2\n', {
      import_key: 'changed',
    });
    expect(rows.map(told)).toEqual(['transaction_id_reused']);
  });

  test('without a key is done once more', async () => {
    await server.createCall('A5');
    const file = 'call_log_id,add\nA5,n:1\n';
    await sendFile(server, file);
    expect((await sendFile(server, file)).rows.map((row) => [told(row), row.duplicate])).toEqual([
      ['unchanged', false],
    ]);
  });
});

describe('a dry run', () => {
  test('tells what would change, changes nothing and is not remembered', async () => {
    await server.createCall('D1', { publisher_paid_out: 10 });
    const file = 'call_log_id,publisher_paid_out\nD1,12.3456\nnobody,1\n';
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

  test('misspelled is refused', async () => {
    const { status, problem } = await sendFile(server, 'call_log_id,reason\nD1,x\n', { dryrun: 'true' });
    expect([status, problem.code, problem.errors[0].field]).toEqual([422, 'unknown_field', 'dryrun']);
  });
});

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
    // The own webhook does not guess.
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

  test('that is unknown, paused or of another type refuses the file', async () => {
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

test('a file of no rows and a file of one row are answered', async () => {
  await server.createCall('Z1');
  const none = await sendFile(server, 'call_log_id,reason');
  expect(none).toMatchObject({ status: 200, rows: [], summary: { rows: 0, applied: 0 } });
  const noLine = await sendFile(server, '', {}, ndjson);
  expect(noLine).toMatchObject({ status: 200, rows: [], summary: { rows: 0 } });
  const one = await sendFile(server, 'call_log_id,reason\nZ1,x');
  expect(one).toMatchObject({ rows: [{ row: 1, line: 2, status: 'applied' }], summary: { rows: 1 } });
});
