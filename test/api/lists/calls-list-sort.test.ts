/** The list of calls by start, amount or duration: in order, in pages without gaps or repeats, with every filter. */
import { beforeAll, describe, expect, test } from 'vitest';
import { callSorts } from '../../../src/http/operator/calls/call-schemas.ts';
import { expectProblem } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';

type Call = Record<string, string | number | null> & { call_log_id: string };

const server = useServer();

beforeAll(async () => {
  for (let at = 0; at < 30; at += 1) {
    await server.createCall(`C${String(at).padStart(2, '0')}`, {
      started_at: new Date(Date.UTC(2026, 10, 1, 10, (at * 7) % 30)).toISOString(),
      campaign: at % 2 === 0 ? 'Roofing' : 'Solar',
      converted: at % 3 === 0,
      ...(at % 4 !== 0 && { duration_seconds: (at * 11) % 8 }),
      ...(at % 5 !== 0 && { revenue_paid_out: ['9.5', '10', '100', '0.0001'][at % 4] }),
      ...(at % 5 === 1 && { publisher_paid_out: String(at) }),
    });
  }
});

/** All pages of a list. */
async function walk(parameters: Record<string, string>): Promise<Call[]> {
  const walked: Call[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ ...parameters, ...(cursor !== '' && { cursor }) });
    const { status, json } = await server.api('GET', `/calls?${query}`);
    expect(status).toBe(200);
    walked.push(...json.items);
    cursor = json.next_cursor;
    expect(walked.length).toBeLessThanOrEqual(30);
  }
  return walked;
}

/** As plain code sorts them: by value, then by id; those without a value last. */
function sorted(calls: readonly Call[], sort: string): string[] {
  const isDescending = sort.startsWith('-');
  const name = sort.slice(isDescending ? 1 : 0);
  const rankOf = (call: Call) => {
    const value = call[name] ?? null;
    if (value === null) return isDescending ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return name === 'started_at' ? Date.parse(String(value)) : Number(value);
  };
  const ascending = (one: Call, two: Call) =>
    rankOf(one) === rankOf(two)
      ? one.call_log_id.localeCompare(two.call_log_id, 'en')
      : rankOf(one) < rankOf(two)
        ? -1
        : 1;
  const order = calls.toSorted(ascending);
  return (isDescending ? order.reverse() : order).map(({ call_log_id: id }) => id);
}

describe.each(callSorts)('sort=%s', (sort) => {
  test.each([{}, { campaign: 'Roofing' }, { converted: 'true' }, { q: 'C1' }])('%j', async (filter) => {
    const all = await walk({ ...filter, limit: '500' });
    expect(all.length).toBeGreaterThan(5);
    for (const limit of ['1', '4', '500']) {
      const ids = (await walk({ ...filter, sort, limit })).map(({ call_log_id: id }) => id);
      expect(ids).toEqual(sorted(all, sort));
    }
  });
});

test('a call that comes or changes between two pages moves no other', async () => {
  const before = await walk({ sort: '-revenue_paid_out', campaign: 'Solar', limit: '500' });
  const page = (await server.api('GET', '/calls?sort=-revenue_paid_out&campaign=Solar&limit=6')).json;
  await server.createCall('Z new', { campaign: 'Solar', revenue_paid_out: '100000' });
  const { next_cursor: cursor } = page;
  const rest = await server.api(
    'GET',
    `/calls?sort=-revenue_paid_out&campaign=Solar&limit=500&cursor=${cursor}`,
  );
  expect([...page.items, ...rest.json.items]).toEqual(before);
});

test('an unknown order, and the cursor of another one, are rejected', async () => {
  expectProblem(await server.api('GET', '/calls?sort=tags'), 422, 'invalid_value');
  const { next_cursor: byStart } = (await server.api('GET', '/calls?limit=1')).json;
  const { next_cursor: byAmount } = (await server.api('GET', '/calls?limit=1&sort=revenue_paid_out')).json;
  const madeUp = (value: string) =>
    Buffer.from(JSON.stringify({ value, callLogId: 'C00' })).toString('base64url');
  for (const query of [
    `sort=revenue_paid_out&cursor=${byStart}`,
    `cursor=${byAmount}`,
    `sort=duration_seconds&cursor=${byAmount}`,
    `sort=-revenue_paid_out&cursor=${byAmount}`,
    `sort=duration_seconds&cursor=${madeUp('9.5000')}`,
    `sort=duration_seconds&cursor=${madeUp('9999999999')}`,
  ])
    expectProblem(await server.api('GET', `/calls?${query}`), 422, 'invalid_value');
});

test('calls that last for centuries, as a wrong year makes them, are in their place', async () => {
  const times = { started_at: '2026-11-01T00:00:00.000Z', ended_at: '9026-11-01T00:00:00.000Z' };
  const campaign = 'Centuries';
  await server.createCall('long', { campaign, ...times });
  await server.createCall('short', { campaign, ...times, ended_at: '2026-11-01T00:01:00.000Z' });
  await server.createCall('unknown', { campaign, state: 'live' });
  const idsOf = async (sort: string) =>
    (await walk({ campaign, sort, limit: '1' })).map(({ call_log_id: id }) => id);
  expect(await idsOf('duration_seconds')).toEqual(['short', 'long', 'unknown']);
  expect(await idsOf('-duration_seconds')).toEqual(['long', 'short', 'unknown']);
});
