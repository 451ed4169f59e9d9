/** Files that cannot be read, or not to their end: what is said, and what is done all the same. */
import { expect, test } from 'vitest';
import { useServer } from '../../support/server.ts';
import { sendFile } from '../send-file.ts';

const server = useServer();

const header = 'call_log_id,reason\n';

test.each([
  ['no content', '', 'text/csv', 400, 'malformed_body', 1],
  ['UTF-16', Buffer.from(`\uFEFF${header}`, 'utf16le'), 'text/csv', 400, 'malformed_body', 1],
  ['an Excel workbook', Buffer.from('PK\x03\x04 and so on'), 'text/csv', 400, 'malformed_body', 1],
  ['UTF-16 lines', Buffer.from('\uFEFF{}\n', 'utf16le'), 'application/x-ndjson', 400, 'malformed_body', 1],
  ['Latin-1 in its header', Buffer.from('call_log_id,für\n', 'latin1'), 'text/csv', 400, 'malformed_body', 1],
  ['a quotation mark open in its header', 'call_log_id,"reason\nx,y\n', 'text/csv', 400, 'malformed_body', 1],
  ['no such columns', 'a,b\nx,y\n', 'text/csv', 422, 'call_not_identified', 1],
  ['another type', header, 'application/json', 415, 'unsupported_media_type', undefined],
  [
    'the type of a form',
    header,
    'application/x-www-form-urlencoded',
    415,
    'unsupported_media_type',
    undefined,
  ],
  ['another charset', header, 'text/csv; charset=iso-8859-1', 415, 'unsupported_media_type', undefined],
])('a file of %s is rejected as a whole', async (_name, file, type, status, code, line) => {
  const answer = await sendFile(server, file, {}, type);
  expect([answer.status, answer.problem.code, answer.problem.line]).toEqual([status, code, line]);
  expect(answer.problem.detail).not.toBe('');
});

test('a compressed file is rejected, and no token opens nothing', async () => {
  const send = (headers: Record<string, string>) =>
    server.request('/api/v1/imports', {
      method: 'POST',
      headers: { 'content-type': 'text/csv', ...headers },
      body: Buffer.from(header),
    });
  const authorization = `Bearer ${server.token}`;
  expect((await send({ authorization, 'content-encoding': 'gzip' })).status).toBe(415);
  expect((await send({})).status).toBe(401);
});

test.each([
  ['call_log_id,reason\nB1,one\nB1,"two\nB1,three\n', 3, /never closed/],
  ['call_log_id,reason\nB1,"x\ny"\nB1,one\nB1,t"wo\nB1,three\n', 5, /do not match/],
])(
  'where a quotation mark breaks the file, the rows before it are done and the line is named',
  async (file, line, detail) => {
    await server.createCall('B1', { reason: 'none' });
    const { status, rows, error, summary } = await sendFile(server, file);
    expect(status).toBe(200);
    expect(rows.at(-1)).toMatchObject({ status: 'applied', line: line - 1 });
    expect(error).toMatchObject({ code: 'malformed_body', line });
    expect(error.detail).toMatch(detail);
    expect(error.detail).toMatch(`${rows.length} rows`);
    expect(summary).toMatchObject({ rows: rows.length, applied: rows.length });
    expect(await server.readCall('B1')).toMatchObject({ reason: 'one' });
    await server.api('PATCH', '/calls/B1', { reason: 'none' });
  },
);

test('bytes that are no UTF-8 reject their row and no other', async () => {
  await server.createCall('B2');
  const csv = Buffer.from('call_log_id,reason\nB2,Müller\nB2,"a\nb"\n', 'latin1');
  const { rows } = await sendFile(server, csv);
  expect(rows.map(({ line, status, code }) => [line, code ?? status])).toEqual([
    [2, 'malformed_body'],
    [3, 'applied'],
  ]);
  expect(rows[0].detail).toMatch(/not UTF-8.*CSV UTF-8/);
  const lines = Buffer.from(
    '{"call_log_id":"B2","reason":"ü"}\n{"call_log_id":"B2","reason":"z"}\n',
    'latin1',
  );
  const json = await sendFile(server, lines, {}, 'application/x-ndjson');
  expect(json.rows.map(({ line, status, code }) => [line, code ?? status])).toEqual([
    [1, 'malformed_body'],
    [2, 'applied'],
  ]);
});

test('lines of NDJSON that are no objects, or too long, are rejected alone', async () => {
  await server.createCall('B3');
  const file = [
    '{"call_log',
    '[1]',
    `{"reason":"${'x'.repeat(70_000)}"}`,
    '',
    '{"call_log_id":"B3","reason":"x"}',
  ];
  const { rows, error } = await sendFile(server, `\uFEFF${file.join('\r\n')}`, {}, 'application/x-ndjson');
  expect(error).toBeUndefined();
  expect(rows.map(({ line, status, code }) => [line, code ?? status])).toEqual([
    [1, 'malformed_body'],
    [2, 'malformed_body'],
    [3, 'body_too_large'],
    [5, 'applied'],
  ]);
});
