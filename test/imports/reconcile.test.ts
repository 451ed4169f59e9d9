/** A partner's statement against our records through POST /api/v1/reconciliations. */
import { Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { addAccount } from '../support/accounts.ts';
import { leaveWhileWaiting } from '../support/requests/leave.ts';
import { headOf, openSocket, readAnswer } from '../support/requests/raw-http.ts';
import { startTestServer, useServer } from '../support/server.ts';
import { type FileAnswer, sendFile } from './send-file.ts';

const server = useServer();

const november = { from: '2026-11-01', to: '2026-11-30', amount: 'publisher_paid_out' };

function reconcile(
  file: string,
  query: Record<string, string | string[]> = {},
  on = server,
  type = 'text/csv',
): Promise<FileAnswer & { totals: Record<string, unknown> }> {
  // The last line has `totals`, where that of an import has `summary`.
  return sendFile(on, file, { ...november, ...query }, type, '/reconciliations') as Promise<
    FileAnswer & { totals: Record<string, unknown> }
  >;
}

const calls = (publisher: string) => ({
  create: (id: string, day: string, amount: string | null, more: object = {}) =>
    server.createCall(id, {
      started_at: `2026-${day}T12:00:00Z`,
      publisher,
      ...(amount !== null && { publisher_paid_out: amount }),
      ...more,
    }),
});

const told = ({ kind, call_log_id: id, line }: { kind: string; call_log_id: string; line: number }) => [
  kind,
  id,
  line,
];

test('every call is equal, differs, is missing here or is missing there, with exact totals', async () => {
  const acme = calls('Acme');
  await acme.create('E1', '11-01', '10.1');
  await acme.create('E2', '11-02', '0.2', { no_payout_reason: 'Caps exceeded' });
  await acme.create('D1', '11-03', '5');
  await acme.create('T1', '11-04', '7.77');
  await acme.create('N1', '11-05', null);
  await calls('Other').create('O1', '11-05', '100');
  const { status, rows, totals } = await reconcile(
    'call_log_id,amount\nE1,10.10\nD1,5.0001\nE2,0.2\nM1,3\n',
    { publisher: 'Acme' },
  );
  expect(status).toBe(200);
  expect(rows.map(told)).toEqual([
    ['equal', 'E1', 2],
    ['differs', 'D1', 3],
    ['equal', 'E2', 4],
    ['missing_here', 'M1', 5],
    ['missing_there', 'T1', null],
  ]);
  expect(rows[1]).toEqual({
    kind: 'differs',
    line: 3,
    call_log_id: 'D1',
    started_at: '2026-11-03T12:00:00.000Z',
    theirs: '5.0001',
    ours: '5.00',
    difference: '0.0001',
    held: false,
    note: null,
  });
  expect(rows[2]).toMatchObject({ held: true, ours: '0.20' });
  expect(totals).toEqual({
    equal: { count: 2, theirs: '10.30', ours: '10.30', difference: '0.00', held: '0.20' },
    differs: { count: 1, theirs: '5.0001', ours: '5.00', difference: '0.0001', held: '0.00' },
    missing_here: { count: 1, theirs: '3.00', ours: '0.00', difference: '3.00', held: '0.00' },
    missing_there: { count: 1, theirs: '0.00', ours: '7.77', difference: '-7.77', held: '0.00' },
    rejected: { count: 0 },
  });
});

test('nothing is changed, and nothing is in the postback log', async () => {
  await calls('Still').create('S1', '11-01', '1');
  await reconcile('call_log_id,amount\nS1,2\n', { publisher: 'Still' });
  expect(await server.readCall('S1')).toMatchObject({ publisher_paid_out: '1.00' });
  expect((await server.api('GET', '/postbacks?call_log_id=S1')).json.items).toEqual([]);
});

test('revenue is compared by buyer, and a hold of the payout is none of the revenue', async () => {
  await server.createCall('V1', {
    started_at: '2026-11-01T00:00:00Z',
    buyer: 'Bigco',
    revenue_paid_out: 20,
    publisher_paid_out: 5,
    no_payout_reason: 'Condition not met',
  });
  const query = { amount: 'revenue_paid_out', buyer: 'Bigco', map: 'ID=call_log_id' };
  const lines = `${JSON.stringify({ ID: 'V1', revenue_paid_out: 20, other: 1 })}\n`;
  const { rows } = await reconcile(lines, query, server, 'application/x-ndjson');
  expect(rows).toMatchObject([{ kind: 'equal', call_log_id: 'V1', ours: '20.00', held: false }]);
  const csv = await reconcile('ID,revenue_paid_out\nV1,20\n', query);
  expect(csv.rows).toEqual(rows.map((row) => ({ ...row, line: 2 })));
});

test('a line with two different amounts cannot be read', async () => {
  await calls('Twofold').create('W1', '11-01', '5');
  const lines = [
    { call_log_id: 'W1', amount: 5, publisher_paid_out: 7 },
    { call_log_id: 'W1', amount: 5, publisher_paid_out: '5.00' },
  ];
  const file = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const { rows } = await reconcile(file, { publisher: 'Twofold' }, server, 'application/x-ndjson');
  expect(rows).toMatchObject([
    {
      kind: 'rejected',
      line: 1,
      call_log_id: 'W1',
      code: 'conflicting_field',
      errors: [{ field: 'amount' }],
    },
    { kind: 'equal', line: 2, call_log_id: 'W1', theirs: '5.00' },
  ]);
});

test('several lines for one call count by their sum, corrections included', async () => {
  await calls('Sum').create('L1', '11-01', '4.75');
  const { rows } = await reconcile('call_log_id,amount\nL1,5\nL1,-0.25\n', { publisher: 'Sum' });
  expect(rows).toMatchObject([{ kind: 'equal', line: 2, theirs: '4.75', note: 'several_lines' }]);
});

test('a line may name its call by another of its ids, and counts with those that name it by its own', async () => {
  await calls('Legs').create('G1', '11-01', '4.75', { other_ids: ['G1-leg', 'G1-unique'] });
  await calls('Legs').create('G2', '11-02', '1', { other_ids: ['G2-leg'] });
  const { rows } = await reconcile('call_log_id,amount\nG1-leg,5\nG2-leg,x\nG1,-0.5\nG1-unique,0.25\n', {
    publisher: 'Legs',
  });
  expect(rows).toMatchObject([
    { kind: 'rejected', call_log_id: 'G2', line: 3 },
    { kind: 'equal', call_log_id: 'G1', line: 2, theirs: '4.75', note: 'several_lines' },
  ]);
});

test('a call outside the period is compared and marked, and one of another partner is missing here', async () => {
  const edge = calls('Edge');
  await edge.create('X1', '10-31', '1');
  await calls('Nobody').create('X2', '11-02', '1');
  const { rows } = await reconcile('call_log_id,amount\nX1,1\nX2,1\n', { publisher: 'Edge' });
  expect(rows).toMatchObject([
    { kind: 'equal', call_log_id: 'X1', note: 'outside_period' },
    { kind: 'missing_here', call_log_id: 'X2', ours: null, note: 'other_partner' },
  ]);
});

describe('the period', () => {
  beforeAll(async () => {
    for (const [id, at] of [
      ['P1', '2026-10-31T22:59:59Z'],
      ['P2', '2026-10-31T23:00:00Z'],
      ['P3', '2026-11-30T22:59:59Z'],
      ['P4', '2026-11-30T23:00:00Z'],
    ]) {
      await server.createCall(String(id), { started_at: at, publisher: 'Clock', publisher_paid_out: 1 });
    }
  });

  test.each([
    ['days, both whole, in UTC', { from: '2026-11-01', to: '2026-11-30' }, 'UTC', ['P3', 'P4']],
    [
      'days in the account’s time zone',
      { from: '2026-11-01', to: '2026-11-30' },
      'Europe/Berlin',
      ['P2', 'P3'],
    ],
    ['one day', { from: '2026-10-31', to: '2026-10-31' }, 'UTC', ['P1', 'P2']],
    [
      'instants, the last one not in it',
      { from: '2026-10-31T23:00:00Z', to: '2026-11-30T23:00:00Z' },
      'UTC',
      ['P2', 'P3'],
    ],
  ])('is of %s', async (_name, period, timeZone, expected) => {
    await server.api('PATCH', '/account', { time_zone: timeZone });
    const { rows } = await reconcile('call_log_id,amount\n', { ...period, publisher: 'Clock' });
    await server.api('PATCH', '/account', { time_zone: 'UTC' });
    expect(rows.map(({ call_log_id: id }) => id)).toEqual(expected);
  });
});

describe('a line that names its call by number', () => {
  const lines = (...rows: string[]) => `phone_number,started_at,amount\n${rows.join('\n')}\n`;

  beforeAll(async () => {
    const phone = calls('Phone');
    await phone.create('H1', '11-01', '1', { phone_number: '+15550100201' });
    await phone.create('H2', '11-02', '2', { phone_number: '+15550100202' });
    await phone.create('H3', '11-03', '3', { phone_number: '+15550100202' });
    await calls('Elsewhere').create('H4', '11-01', '4', { phone_number: '+15550100201' });
  });

  test('is matched by the number, among the partner’s calls of the period', async () => {
    const { rows } = await reconcile(lines('(555) 010-0201,,1', '+15550100299,,9'), { publisher: 'Phone' });
    expect(rows.slice(0, 2)).toMatchObject([
      { kind: 'equal', call_log_id: 'H1', line: 2 },
      { kind: 'missing_here', call_log_id: null, phone_number: '+15550100299', line: 3, theirs: '9.00' },
    ]);
    expect(rows.slice(2).map(told)).toEqual([
      ['missing_there', 'H2', null],
      ['missing_there', 'H3', null],
    ]);
  });

  test('is matched by its start where the number called twice', async () => {
    const { rows } = await reconcile(
      lines(
        '+15550100202,2026-11-03T12:04:00Z,3',
        '+15550100202,2026-11-02T11:56:00Z,2',
        '+15550100202,2026-11-02T12:06:00Z,1',
      ),
      { publisher: 'Phone' },
    );
    expect(rows.map(told)).toEqual([
      ['equal', 'H3', 2],
      ['equal', 'H2', 3],
      ['missing_here', null, 4],
      ['missing_there', 'H1', null],
    ]);
  });

  test('is rejected where it could be either', async () => {
    const { rows, totals } = await reconcile(lines('+15550100202,,3'), { publisher: 'Phone' });
    expect(rows[0]).toMatchObject({ kind: 'rejected', line: 2, code: 'ambiguous_call' });
    expect(totals).toMatchObject({ rejected: { count: 1 } });
  });
});

test('unreadable lines are listed by number, and the rest is compared', async () => {
  await calls('Broken').create('K1', '11-01', '1');
  await calls('Broken').create('K2', '11-01', '2');
  const { status, rows } = await reconcile(
    'call_log_id,amount,note\nK1,$1,x\nK2,2,"a\nb"\nK2\n,5,total\nK3,,\n',
    { publisher: 'Broken' },
  );
  expect(status).toBe(200);
  expect(rows.map(({ kind, line, code }) => [kind, line, code])).toEqual([
    ['rejected', 2, 'invalid_value'],
    ['rejected', 5, 'malformed_body'],
    ['rejected', 6, 'call_not_identified'],
    ['equal', 3, undefined],
    ['missing_here', 7, undefined],
  ]);
});

test('more lines and more calls than are read at once are all compared', async () => {
  const large = await startTestServer();
  await large.database.query(
    `insert into call (account_id, call_log_id, state, started_at, converted, publisher_paid_out, tags, created_at, updated_at)
     select account_id, 'C' || n, 'completed', '2026-11-01T00:00:00Z'::timestamptz + (n / 3) * interval '1.000001 seconds', false,
       n * 0.01, '{}', now(), now() from account, generate_series(1, 12000) n`,
  );
  // The odd ones, every fifth of them off by a cent.
  const lines = Array.from({ length: 6_000 }, (_, at) => {
    const number = 2 * at + 1;
    return `C${number},${((number + (at % 5 === 0 ? 1 : 0)) / 100).toFixed(2)}`;
  });
  const { rows, totals } = await reconcile(`call_log_id,amount\n${lines.join('\n')}\n`, {}, large);
  expect(totals).toMatchObject({
    equal: { count: 4_800 },
    differs: { count: 1_200, difference: '12.00' },
    missing_here: { count: 0 },
    missing_there: { count: 6_000, ours: '360060.00' },
  });
  expect(new Set(rows.map(({ call_log_id: id }) => id)).size).toBe(12_000);
  await large.stop();
});

test('one account never sees another’s calls', async () => {
  await calls('Mine').create('I1', '11-01', '1');
  const { server: other } = await addAccount(server, 'stranger');
  const { rows } = await reconcile('call_log_id,amount\nI1,1\n', {}, other);
  expect(rows.map(told)).toEqual([['missing_here', 'I1', 2]]);
});

test.each([
  ['no period', { from: '', to: '' }, 422, 'invalid_value', 'from'],
  ['a day that is none', { from: '2026-02-30' }, 422, 'invalid_value', 'from'],
  ['an end before its begin', { to: '2026-10-01' }, 422, 'invalid_value', 'to'],
  ['another amount', { amount: 'payout' }, 422, 'invalid_value', 'amount'],
  ['no amount', { amount: '' }, 422, 'invalid_value', 'amount'],
  ['a parameter misspelled', { publischer: 'x' }, 422, 'unknown_field', 'publischer'],
  ['a mapping to nothing known', { map: 'a=revenue' }, 422, 'unknown_field', 'map'],
])('a request with %s is rejected', async (_name, query, status, code, field) => {
  const { problem, ...answer } = await reconcile('call_log_id,amount\n', query);
  expect([answer.status, problem.code, problem.errors[0].field]).toEqual([status, code, field]);
});

test.each([
  ['no column for the call', 'id,amount\n', 422, 'call_not_identified', 1],
  ['no column for the amount', 'call_log_id,payout\n', 422, 'invalid_value', 1],
  ['nothing in it', '', 400, 'malformed_body', 1],
  ['a quotation mark that is never closed', 'call_log_id,amount\nA,1\nB,"2\nC,3\n', 400, 'malformed_body', 3],
])('a statement with %s is rejected as a whole, with its line', async (_name, file, status, code, line) => {
  const { problem, ...answer } = await reconcile(file);
  expect([answer.status, problem.code, problem.line]).toEqual([status, code, line]);
});

test('both routes are in /openapi.json with the types they accept and return', async () => {
  const { json } = await server.request('/openapi.json');
  for (const path of ['/api/v1/imports', '/api/v1/reconciliations']) {
    const { post } = json.paths[path];
    expect(Object.keys(post.requestBody.content)).toEqual(['text/csv', 'application/x-ndjson']);
    expect(Object.keys(post.responses['200'].content)).toEqual(['application/x-ndjson']);
    expect(post.parameters.map(({ name }: { name: string }) => name)).toContain('map');
  }
});

test('two of an account run at once: more are rejected until one of them ends, and other accounts are served', async () => {
  const head = headOf(`POST /api/v1/reconciliations?${new URLSearchParams(november)}`, {
    authorization: `Bearer ${server.token}`,
    'content-type': 'text/csv',
    'content-length': '24',
  });
  const statuses = new Map<Socket, number>();
  const sockets = Array.from({ length: 5 }, () => openSocket(server.url));
  const answers = sockets.map(async (socket) => {
    socket.write(`${head}call_log_id,amount\nX1,1`);
    statuses.set(socket, (await readAnswer(socket, 60_000))?.status ?? 0);
  });
  await expect.poll(() => [...statuses.values()]).toEqual([429, 429, 429]);

  const statement = 'call_log_id,amount\nX1,1\n';
  const other = await addAccount(server, 'reconciles beside');
  expect((await reconcile(statement, {}, other.server)).status).toBe(200);
  expect((await reconcile(statement)).status).toBe(429);

  const running = sockets.filter((socket) => !statuses.has(socket));
  running[0]?.write('\n');
  await expect.poll(() => statuses.get(running[0] ?? new Socket())).toBe(200);
  await expect.poll(async () => (await reconcile(statement)).status).toBe(200);
  running[1]?.write('\n');
  await Promise.all(answers);
});

test('the places of clients that left while their accounts were looked up are free', async () => {
  const head = headOf(`POST /api/v1/reconciliations?${new URLSearchParams(november)}`, {
    authorization: `Bearer ${server.token}`,
    'content-type': 'text/csv',
    'content-length': '24',
  });
  await leaveWhileWaiting(server, head);
  expect((await reconcile('call_log_id,amount\nX1,1\n')).status).toBe(200);
});
