/** `POST /files/inspect`: what a file looks like before it is imported. */
import { expect, test } from 'vitest';
import { useServer } from '../../support/server.ts';

const server = useServer();

async function inspect(file: string, query = '', contentType = 'text/csv') {
  const { status, json } = await server.request(`/api/v1/files/inspect${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': contentType },
    body: file,
  });
  return { status, ...json };
}

const fieldsOf = ({ columns }: { columns: { name: string; field: string | null }[] }) =>
  Object.fromEntries(columns.map(({ name, field }) => [name, field]));

test('a call log of a platform: its delimiter, header and columns are proposed', async () => {
  const seen = await inspect(
    '\uFEFF"Call Date","Inbound Call ID","Caller ID","Revenue","Payout"\r\n"01/13/2026 08:18:22 PM","RGB1","+12135550142","$1,234.50",""\r\n"02/01/2026 08:18:22 AM","RGB2","+12135550143","$20.00","5.00"\r\n',
  );
  expect(seen).toMatchObject({
    ...{ status: 200, format: 'csv', delimiter: 'comma', header_line: 1 },
    ...{ amounts: 'point', dates: 'us', ambiguous_date: null, zone: null },
  });
  expect(fieldsOf(seen)).toEqual({
    'Call Date': 'started_at',
    'Inbound Call ID': 'call_log_id',
    'Caller ID': 'phone_number',
    Revenue: 'revenue_paid_out',
    Payout: 'publisher_paid_out',
  });
  expect(seen.rows[0]).toMatchObject({ line: 2, cells: expect.arrayContaining(['RGB1', '$1,234.50']) });
});

test('a title before the header, semicolons and decimal commas', async () => {
  const file = 'Abrechnung November\n\nCall ID;Amount;Date\nA1;1.234,50;13.01.2026\nA2;12,50;02.01.2026\n';
  const seen = await inspect(file);
  expect(seen).toMatchObject({ delimiter: 'semicolon', header_line: 3, amounts: 'comma', dates: 'eu' });
  expect(seen.lines.map(({ line }: { line: number }) => line)).toEqual([1, 3, 4, 5]);
  expect(fieldsOf(seen)).toEqual({ 'Call ID': 'call_log_id', Amount: 'amount', Date: 'started_at' });
  expect(await inspect(file, '?header_line=4&delimiter=semicolon')).toMatchObject({
    header_line: 4,
    columns: [{ name: 'A1' }, { name: '1.234,50' }, { name: '13.01.2026' }],
  });
});

test('the delimiter is the one of the header line that is named, whatever the title has', async () => {
  const file = 'Abrechnung, November\nCall ID;Amount;Date\nA1;1.234,50;13.01.2026\nA2;12,50;02.01.2026\n';
  expect(await inspect(file, '?header_line=2')).toMatchObject({ delimiter: 'semicolon', header_line: 2 });
});

test('Google Ads states its zone; the order of day and month is proposed only where the file tells it', async () => {
  const seen = await inspect(
    'Parameters:TimeZone=America/New_York,,\nCall ID,Date,Status\nA1,01/02/2026 08:18 PM,sold\n',
  );
  expect(seen).toMatchObject({
    ...{ zone: 'America/New_York', header_line: 2, dates: null, ambiguous_date: '01/02/2026' },
  });
  expect(seen.columns[2]).toMatchObject({ looks: 'other', words: ['sold'] });
});

test('NDJSON: a member is no other line’s, whatever it is called', async () => {
  const seen = await inspect('{"a":1,"toString":"x","__proto__":"y"}\n{"a":2}\n', '', 'application/x-ndjson');
  expect(seen.rows.map(({ cells }: { cells: string[] }) => cells)).toEqual([
    ['1', 'x', 'y'],
    ['2', '', ''],
  ]);
});

test('NDJSON: its members are the columns', async () => {
  const seen = await inspect('{"call_id":"A1","payout":1.50}\n{"x":[1]}\n', '', 'application/x-ndjson');
  expect(seen).toMatchObject({ format: 'ndjson', delimiter: null, header_line: null });
  expect(fieldsOf(seen)).toEqual({ call_id: 'call_log_id', payout: 'publisher_paid_out', x: null });
});

test('what is no text, and parameters that do not exist, are rejected with what to do', async () => {
  expect(await inspect('PK\u0003\u0004workbook')).toMatchObject({ status: 400, line: 1 });
  expect(await inspect('a,b\n', '?headerline=1')).toMatchObject({ status: 422 });
  expect(await inspect('a,b\n', '', 'application/pdf')).toMatchObject({ status: 415 });
});
