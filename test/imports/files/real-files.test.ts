/** Files as real platforms and spreadsheets write them (docs/import.md#files-as-platforms-write-them). */
import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../../support/server.ts';
import { sendFile, told } from '../send-file.ts';

const server = useServer();

beforeAll(async () => {
  for (const id of ['R1', 'R2', 'R3', 'R4']) {
    await server.createCall(id, { started_at: '2026-01-13T10:00:00Z', phone_number: '+12135550142' });
  }
});

const period = { from: '2026-01-01', to: '2026-01-31', amount: 'revenue_paid_out' };
const reconcile = (file: string, query: Record<string, string | string[]>) =>
  sendFile(server, file, { ...period, ...query }, 'text/csv', '/reconciliations');
const amountOf = async (id: string) => (await server.readCall(id)).revenue_paid_out;

const ringba = [
  '\ufeff"Call Date","Inbound Call ID","Campaign","Revenue","Payout","Duration","Converted"',
  '"01/13/2026 08:18:22 PM","R1","Roofing","12.50","8.00","184",true',
  '"01/13/2026 08:19:22 PM","R2","Roofing",,,"12",false',
  '',
].join('\r\n');

test('a call log with empty amounts: a row with nothing to set is unchanged', async () => {
  const map = [
    'Inbound Call ID=call_log_id',
    'Revenue=revenue_paid_out',
    'Payout=',
    'Converted=',
    'Duration=',
  ];
  const answer = await sendFile(server, ringba, { map, dry_run: 'true' });
  expect(answer.rows.map(told)).toEqual(['applied', 'unchanged']);
  const revenueMap = ['Inbound Call ID=call_log_id', 'Revenue=revenue', 'Payout=', 'Converted=', 'Duration='];
  const revenue = await sendFile(server, ringba, {
    map: revenueMap,
    type: 'update_revenue',
    dry_run: 'true',
  });
  expect(revenue.rows.map(told)).toEqual(['applied', 'unchanged']);
});

test('an empty amount of a statement is 0', async () => {
  const map = ['Inbound Call ID=call_log_id', 'Revenue=amount'];
  const answer = await reconcile(ringba, { map });
  expect(answer.status).toBe(200);
  const lines = answer.rows.filter(({ call_log_id }) => ['R1', 'R2'].includes(call_log_id));
  expect(lines.map(({ call_log_id, theirs }) => [call_log_id, theirs]).sort()).toEqual([
    ['R1', '12.50'],
    ['R2', '0.00'],
  ]);
});

describe('a file with a title', () => {
  const titled = 'Payout report,,\nJanuary 2026,,\nCall ID,Revenue,Note\nR1,3.25,x\n';
  const map = ['Call ID=call_log_id', 'Revenue=revenue_paid_out'];

  test('gets the line that looks like the header', async () => {
    for (const answer of [
      await sendFile(server, titled, { map }),
      await reconcile(titled, { map: ['Call ID=call_log_id', 'Revenue=amount'] }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.problem.detail).toContain('header_line=3');
    }
  });

  test('is read from the line that is named', async () => {
    const answer = await sendFile(server, titled, { map, header_line: '3', dry_run: 'true' });
    expect(answer.rows.map(told)).toEqual(['applied']);
    expect(answer.rows[0].line).toBe(4);
  });
});

describe('amounts', () => {
  const header = 'call_log_id;revenue_paid_out\n';

  test.each(['1.234,50', '12,50', '-12,5', '€ 12,50', '12,50 EUR'])(
    'with a decimal comma reject the file: %s',
    async (amount) => {
      const file = `${header}R3;1.000\nR4;${amount}\n`;
      const statement = await reconcile(file, {});
      expect(statement.status).toBe(400);
      expect(statement.problem.detail).toContain('amounts=comma');
      const answer = await sendFile(server, file);
      expect(answer.error.detail).toContain('amounts=comma');
      expect(answer.rows.map(told)).toEqual(['invalid_value']);
      expect(answer.rows[0].errors[0].detail).toMatch(/1000.*1[^0]/);
      expect(await amountOf('R3')).toBeNull();
      expect(await amountOf('R4')).toBeNull();
    },
  );

  test('are read as the file states', async () => {
    const file = `${header}R1;1.234,50\nR2;12,50\nR3;1.000\nR4;"1.234,5 €"\n`;
    const answer = await sendFile(server, file, { amounts: 'comma', dry_run: 'true' });
    expect(answer.rows.map(({ changes }) => changes.revenue_paid_out.to)).toEqual([
      ...['1234.50', '12.50', '1000.00', '1234.50'],
    ]);
  });

  test.each([
    ['$1,234.50', '1234.50'],
    ['-$33.00', '-33.00'],
    ['(33.00)', '-33.00'],
    ['12.5 USD', '12.50'],
  ])('of a statement may have signs and separators where that is stated: %s', async (amount, theirs) => {
    const file = `call_log_id,amount\nR1,"${amount}"\n`;
    const answer = await reconcile(file, { amounts: 'point' });
    expect(answer.rows.find(({ call_log_id }) => call_log_id === 'R1')).toMatchObject({ theirs });
    const unstated = await reconcile(file, {});
    if (amount !== '-33.00') expect(unstated.rows.find(({ line }) => line === 2)?.kind).toBe('rejected');
  });

  test.each(['#DIV/0!', '#N/A', 'n/a', '#REF!'])(
    'that are an error of a spreadsheet are named: %s',
    async (cell) => {
      const answer = await reconcile(`call_log_id,amount\nR1,${cell}\n`, {});
      const line = answer.rows.find(({ kind }) => kind === 'rejected');
      expect(line.detail).toContain(cell);
    },
  );
});

describe('times', () => {
  test.each([
    ['01/13/2026 08:18:22 PM', 'us', '2026-01-14T01:18:22.000Z'],
    ['2/17/26 9:41', 'us', '2026-02-17T14:41:00.000Z'],
    ['13.01.2026 20:18', 'eu', '2026-01-14T01:18:00.000Z'],
    ['2026-01-13 20:18:22', 'iso', '2026-01-14T01:18:22.000Z'],
  ])('%s is read where its order is stated: %s', async (time, dates, read) => {
    const file = `call_log_id,call_converted_at\nR1,${time}\n`;
    const answer = await sendFile(server, file, { dates, zone: 'America/New_York', dry_run: 'true' });
    expect(answer.rows[0].changes.call_converted_at.to).toBe(read);
  });

  test('are never inferred', async () => {
    const answer = await sendFile(server, 'call_log_id,call_converted_at\nR1,2/17/26 9:41\n');
    expect(answer.rows.map(told)).toEqual(['invalid_value']);
    const wrong = await sendFile(server, 'call_log_id,call_converted_at\nR1,2/17/26 9:41\n', { dates: 'eu' });
    expect(wrong.rows.map(told)).toEqual(['invalid_value']);
  });

  test('are in the zone that the first line states', async () => {
    const file =
      'Parameters:TimeZone=America/New_York,,,\ncall_log_id,call_converted_at\nR1,2026-01-13 20:18:22\n';
    const answer = await sendFile(server, file, { dry_run: 'true' });
    expect(answer.rows[0]).toMatchObject({
      line: 3,
      changes: { call_converted_at: { to: '2026-01-14T01:18:22.000Z' } },
    });
    const unknown = await sendFile(server, file.replace('New_York', 'Gotham'));
    expect(unknown.problem.detail).toContain('America/Gotham');
  });

  test('need a zone that there is', async () => {
    const answer = await sendFile(server, 'call_log_id,reason\nR1,x\n', { zone: 'Gotham' });
    expect(answer.problem.errors).toMatchObject([{ field: 'zone' }]);
  });
});

test('a first line sep=; states the delimiter', async () => {
  const answer = await sendFile(server, 'sep=;\r\ncall_log_id;reason\r\nR1;a,b\r\n', { dry_run: 'true' });
  expect(answer.rows[0]).toMatchObject({ line: 3, changes: { reason: { to: 'a,b' } } });
});

test('cells may be missing at the end of a row, unless a column needs them', async () => {
  const file = 'call_log_id,reason,note,more\nR1,x\nR2\n';
  const answer = await sendFile(server, file, { dry_run: 'true' });
  expect(answer.rows.map(told)).toEqual(['applied', 'malformed_body']);
  expect(answer.rows[1].detail).toContain('1 cell');
});

describe('a masked number of a statement', () => {
  const started = '2026-01-10T10:00:00.000Z';

  beforeAll(async () => {
    const call = (id: string, phone_number: string, started_at = started) =>
      server.createCall(id, { phone_number, started_at, publisher: 'Masks' });
    await call('M1', '+12135550142');
    await call('M2', '+12135550199', '2026-01-12T10:00:00.000Z');
    await call('M3', '+12135560142');
    await call('M4', '+12135550111', '2025-10-01T10:00:00.000Z'); // before the period
  });

  test.each([
    ['213555XXXX', ['M1', 'M2']],
    ['+1 (213) 555-XX42', ['M1']],
    ['1213555****', ['M1', 'M2']],
    ['XXX-XXX-0142', ['M1', 'M3']],
    ['213557XXXX', []],
  ])('%s names the calls of the period that it may refer to: %j', async (number, ids) => {
    const answer = await reconcile(`phone_number,amount\n${number},5\n`, { publisher: 'Masks' });
    const line = answer.rows.find(({ kind }) => kind === 'rejected');
    expect(line).toMatchObject({ line: 2, code: 'masked_phone_number' });
    expect(line.candidates.map((one: { call_log_id: string }) => one.call_log_id)).toEqual(ids);
    expect(line.detail).toContain('hidden');
    for (const id of ids) expect(line.detail).toContain(id);
  });

  test('names the call nearest to the start of the line first', async () => {
    const file = 'phone_number,started_at,amount\n213555XXXX,2026-01-12T09:00:00Z,5\n';
    const answer = await reconcile(file, { publisher: 'Masks' });
    const line = answer.rows.find(({ kind }) => kind === 'rejected');
    expect(line.candidates.map((one: { call_log_id: string }) => one.call_log_id)).toEqual(['M2', 'M1']);
  });

  test('does not matter beside an id', async () => {
    const answer = await reconcile('call_log_id,phone_number,amount\nM1,213555XXXX,5\n', {
      publisher: 'Masks',
    });
    expect(answer.rows.find(({ call_log_id }) => call_log_id === 'M1')).toMatchObject({
      kind: 'differs',
      theirs: '5.00',
    });
  });
});
