/** Columns of a file, and fields of its lines, as fields of a call. */
import { describe, expect, test } from 'vitest';
import { useServer } from '../support/server.ts';
import { ndjson, sendFile, told } from './send-file.ts';

const server = useServer();

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
    ['no column to change', 'call_log_id,Grund\n', {}, 'no_updates', /"call_log_id", "Grund"/],
    ['a misspelt column', 'call_log_id,reason,Revenue Payed Out\n', {}, 'unknown_field', /revenue_paid_out/],
    ['no revenue', 'call_log_id,converted\n', { type: 'update_revenue' }, 'invalid_value', /"revenue"/],
  ])('with %s are rejected before the first row', async (_name, header, query, code, detail) => {
    const { status, problem } = await sendFile(server, `${header}x,y,z\n`, query);
    expect([status, problem.code]).toEqual([422, code]);
    expect(problem.detail).toMatch(detail);
  });
});
