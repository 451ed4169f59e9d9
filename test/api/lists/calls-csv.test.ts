/** `GET /calls.csv`: the filtered list as a file. */
import { parse } from 'csv-parse/sync';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callJson } from '../../../src/http/operator/calls/call-schemas.ts';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { leaveWhileWaiting } from '../../support/requests/leave.ts';
import { headOf } from '../../support/requests/raw-http.ts';
import { startTestServer, startTestServerOn, type TestServer, useServer } from '../../support/server.ts';

const server = useServer();

beforeAll(async () => {
  await server.createCall('C1', {
    phone_number: '+12135550142',
    started_at: '2026-11-01T10:00:00Z',
    campaign: 'Roofing, "gold"\nand more',
    publisher: '=HYPERLINK("http://evil.example")',
    buyer: 'מקום',
    duration_seconds: 0,
    revenue_paid_out: '12.5',
    converted: true,
    tags: { deal: 'won', 'a,b': '-2+3', ünï: 'x' },
  });
  await server.createCall('-C2', { started_at: '2026-11-02T10:00:00Z', no_payout_reason: 'Caps exceeded' });
  await server.createCall('C3', {
    state: 'live',
    started_at: '2026-11-03T10:00:00Z',
    tags: { deal: '@won' },
  });
});

async function exportCsv(query: Record<string, string> | [string, string][] = {}, on = server) {
  const answer = await on.api('GET', `/calls.csv?${new URLSearchParams(query)}`);
  expect(answer.status, answer.text).toBe(200);
  return answer;
}

function rowsOf(text: string): Record<string, string>[] {
  return parse(text, { columns: true });
}

const members = Object.keys(callJson.properties);

test('every member of a call is a column, in its order, with the latest start first', async () => {
  const { text } = await exportCsv();
  const rows = rowsOf(text);
  expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(await server.readCall('C1')));
  expect(rows.map((row) => row['call_log_id'])).toEqual(['C3', "'-C2", 'C1']);
  expect(rows[2]).toMatchObject({
    state: 'completed',
    phone_number: '+12135550142',
    started_at: '2026-11-01T10:00:00.000Z',
    answered_at: '',
    duration_seconds: '0',
    campaign: 'Roofing, "gold"\nand more',
    publisher: `'=HYPERLINK("http://evil.example")`,
    buyer: 'מקום',
    converted: 'true',
    revenue_paid_out: '12.50',
    payout_status: 'none',
    queued_updates: '0',
  });
  expect(JSON.parse(rows[2]?.['tags'] ?? '')).toEqual({ deal: 'won', 'a,b': '-2+3', ünï: 'x' });
});

test('it comes as a file of UTF-8, which no cache keeps', async () => {
  const { headers, text } = await exportCsv();
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="calls-\d{4}-\d\d-\d\d\.csv"$/);
  expect(headers.get('cache-control')).toBe('no-store');
  const query =
    'payout_status=owed&publisher=Search%20ads%20%22M%C3%BCller%22%0D%0A&from=2026-11-16&to=2026-11-22';
  const report = await server.api('GET', `/calls.csv?${query}`);
  expect(report.headers.get('content-disposition')).toBe(
    'attachment; filename="calls-owed-Search-ads-Muller-2026-11-16-to-2026-11-22.csv"',
  );
  expect(text).toMatch(/^call_log_id,.*\r\n/);
  expect(text.endsWith('\r\n')).toBe(true);
});

test('the UTF-8 mark is at the start only on request', async () => {
  const url = `${server.url}/api/v1/calls.csv?bom=true`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${server.token}` } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 14).toString('latin1')).toBe('\u00ef\u00bb\u00bfcall_log_id');
});

describe('columns', () => {
  test.each([
    ['call_log_id,converted', ['call_log_id', 'converted']],
    [' converted , call_log_id,converted,', ['converted', 'call_log_id']],
    ['tags.deal', ['tags.deal']],
    ['tags.a,b', ['tags.a,b']],
    ['state,*', ['state', ...members.filter((name) => name !== 'state')]],
  ])('%j are those that were asked for, in their order', async (columns, names) => {
    const { text } = await exportCsv({ columns });
    expect(parse(text)[0]).toEqual(names);
  });

  test('a tag is a separate column, empty where the call lacks it, and no formula', async () => {
    const { text } = await exportCsv([
      ['columns', 'call_log_id'],
      ['columns', 'tags.deal'],
      ['columns', 'tags.a,b'],
      ['columns', 'tags.toString'],
    ]);
    expect(parse(text)).toEqual([
      ['call_log_id', 'tags.deal', 'tags.a,b', 'tags.toString'],
      ['C3', "'@won", '', ''],
      ["'-C2", '', '', ''],
      ['C1', 'won', "'-2+3", ''],
    ]);
  });

  test('a name that there is not is rejected', async () => {
    const answer = await server.api('GET', '/calls.csv?columns=call_log_id,toString');
    expectProblem(answer, 422, 'unknown_field');
    expect(faultsOf(answer)).toEqual(['columns: unknown_field']);
  });
});

test.each([
  [{ state: 'live' }, ['C3']],
  [{ held: 'true' }, ["'-C2"]],
  [{ converted: 'true' }, ['C1']],
  [{ tag: 'deal' }, ['C3', 'C1']],
  [{ tag: 'deal:won', from: '2026-11-01T00:00:00Z' }, ['C1']],
  [{ q: '(213) 555-0142' }, ['C1']],
  [{ campaign: 'none' }, []],
])('%j narrows the file as it narrows the list', async (filter, ids) => {
  const { text } = await exportCsv({ ...filter, columns: 'call_log_id' });
  expect(parse(text).flat()).toEqual(['call_log_id', ...ids]);
});

test.each(['converted=maybe', 'limit=5', 'cursor=x', 'campagin=x', 'from=yesterday', 'bom=perhaps'])(
  '%s is rejected, as in the list',
  async (query) => {
    expect((await server.api('GET', `/calls.csv?${query}`)).status).toBe(422);
  },
);

test('a line feed or carriage return in a reason or name begins no record, and another CSV library agrees', async () => {
  const fields = { started_at: '2020-01-01T10:00:00Z', campaign: 'Breaks', tags: { note: '\r=1' } };
  await server.createCall('B1', { ...fields, reason: 'ok\n=cmd|A1' });
  await server.createCall('B2', { ...fields, reason: 'ok\r"=cmd"' });
  const { text } = await exportCsv({
    campaign: 'Breaks',
    columns: 'call_log_id,reason,tags.note,state',
  });
  const { data } = Papa.parse<string[]>(text, { newline: '\r\n', skipEmptyLines: true });
  expect(data.slice(1).sort()).toEqual([
    ['B1', 'ok\n=cmd|A1', "'\r=1", 'completed'],
    ['B2', 'ok\r"=cmd"', "'\r=1", 'completed'],
  ]);
});

test('an account exports its own calls, and there is no export without a token', async () => {
  const { server: otherAccount } = await addAccount(server, 'stranger');
  expect(rowsOf((await exportCsv({}, otherAccount)).text)).toEqual([]);
  expectProblem(await server.request('/api/v1/calls.csv'), 401, 'invalid_token');
});

describe('of many calls', () => {
  const count = 20_000;
  let many: TestServer;

  beforeAll(async () => {
    many = await startTestServer({}, 1);
    await many.database.query(
      `insert into call (account_id, call_log_id, state, started_at, converted, tags, created_at, updated_at, reason)
       select account_id, 'C' || n, 'completed', date_trunc('second', now()) - n % 100 * interval '1 s', false, '{}', now(), now(), repeat('long ', 90)
       from generate_series(1, ${count}) as n, account`,
    );
  });

  afterAll(() => many.stop());

  /** An export whose answer is read no further than its beginning. */
  async function begin(on = many) {
    const answer = await fetch(`${on.url}/api/v1/calls.csv`, {
      headers: { authorization: `Bearer ${on.token}` },
    });
    expect(answer.status).toBe(200);
    const reader = answer.body?.getReader();
    await reader?.read();
    const readOn = async () => {
      for (;;) if ((await reader?.read())?.done !== false) return;
    };
    return { readOn, leave: () => reader?.cancel() };
  }

  test('each is in the file once', async () => {
    const { text } = await exportCsv({ columns: 'call_log_id' }, many);
    const ids = parse(text).flat().slice(1);
    expect(ids).toHaveLength(count);
    expect(new Set(ids).size).toBe(count);
  });

  test('a file that cannot be finished breaks off, and cannot be taken for whole', async () => {
    const { readOn } = await begin();
    await many.database.query('alter table call rename to call_away');
    await expect(readOn()).rejects.toThrow();
    await many.database.query('alter table call_away rename to call');
  });

  test('a server that stops breaks it off, and does not wait for its end', async () => {
    const other = await startTestServerOn(many.database, {}, 1);
    const { readOn } = await begin(other);
    const broken = expect(readOn()).rejects.toThrow();
    await other.stop();
    await broken;
  });

  test('three of an account are written at once, those of others beside them; the place of one whose reader left is free', async () => {
    const running = await Promise.all([begin(), begin(), begin()]);
    const rejected = await many.api('GET', '/calls.csv');
    expectProblem(rejected, 429, 'rate_limited');
    const { server: other } = await addAccount(many, 'Other');
    expect((await other.api('GET', '/calls.csv')).status).toBe(200);
    await running[0]?.leave();
    await expect
      .poll(async () => (await many.api('GET', '/calls.csv?columns=state&state=live')).status)
      .toBe(200);
    for (const { leave } of running) await leave();
  });
});

test('the places of clients that left while their accounts were looked up are free', async () => {
  await leaveWhileWaiting(
    server,
    headOf('GET /api/v1/calls.csv', { authorization: `Bearer ${server.token}` }),
  );
  expect((await server.api('GET', '/calls.csv')).status).toBe(200);
});

test('calls that a body names by their ids are exported alone, latest first', async () => {
  const body = { filter: { call_log_id: ['C1', 'C3', 'unknown'] }, columns: ['call_log_id', 'campaign'] };
  const answer = await server.api('POST', '/calls.csv', body);
  expect(answer.status).toBe(200);
  expect(rowsOf(answer.text).map((row) => row['call_log_id'])).toEqual(['C3', 'C1']);
  expect(answer.text.startsWith('call_log_id,campaign\r\n')).toBe(true);
  expectProblem(
    await server.api('POST', '/calls.csv', { filter: { call_log_id: [] } }),
    422,
    'invalid_value',
  );
  expectProblem(await server.api('POST', '/calls.csv', {}), 422, 'invalid_value');
  const wrong = { filter: { call_log_id: ['C1'] }, columns: ['nothing'] };
  expectProblem(await server.api('POST', '/calls.csv', wrong), 422, 'unknown_field');
});

test('times are in the account’s time zone, with the offset of their day', async () => {
  const { server: berlin } = await addAccount(server, 'Berlin');
  await berlin.api('PATCH', '/account', { time_zone: 'Europe/Berlin' });
  const times = ['2026-07-01T10:00:00.000Z', '2026-12-01T10:00:00.000Z'];
  for (const started_at of times) await berlin.createCall(started_at.slice(0, 10), { started_at });
  const rows = rowsOf((await exportCsv({}, berlin)).text);
  expect(rows.map((row) => row['started_at'])).toEqual([
    '2026-12-01T11:00:00.000+01:00',
    '2026-07-01T12:00:00.000+02:00',
  ]);
  expect(rows[0]?.['created_at']).toMatch(/[+]0[12]:00$/);
});
