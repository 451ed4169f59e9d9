/** `POST /call-changes`: one change of all calls of a filter, previewed, done, reported and undone. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let publisher = '';
let tests = 0;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Six completed calls and a live one, of a publisher of the test's own. */
beforeEach(async () => {
  tests += 1;
  publisher = `Publisher ${tests}`;
  for (const at of Array(7).keys())
    await server.createCall(`${tests}-${at}`, {
      state: at === 6 ? 'live' : 'completed',
      publisher,
      ...(at < 6 && { publisher_paid_out: '2.50' }),
      ...(at === 0 && { no_payout_reason: 'Caps exceeded' }),
    });
});

async function change(body: object) {
  const response = await server.api('POST', '/call-changes', body);
  expect(response.status, response.text).toBe(200);
  const lines = response.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { lines, first: lines[0], summary: lines.at(-1).summary };
}

const readAll = async () => (await server.api('GET', `/calls?publisher=${publisher}`)).json.items;
const held = async () =>
  (await server.api('GET', `/calls?publisher=${publisher}&held=true`)).json.items.length;

test('a dry run reports what would change, changes nothing, and leaves nothing in the log', async () => {
  const before = await readAll();
  const body = { filter: { publisher }, change: { no_payout_reason: 'Condition not met' }, dry_run: true };
  const { first, summary } = await change(body);
  expect(first.calls).toBe(7);
  expect(summary).toMatchObject({
    calls: 7,
    applied: 6,
    rejected: 1,
    dry_run: true,
    codes: { call_not_completed: 1 },
    changes: { no_payout_reason: { calls: 6 } },
    rejections: [{ call_log_id: `${tests}-6`, code: 'call_not_completed' }],
  });
  expect(await readAll()).toEqual(before);
  const log = await server.api('GET', `/postbacks?webhook_id=${first.webhook_id}`);
  expect(log.json.items).toEqual([]);
});

test('a change is applied to exactly the calls of the filter, is in the timeline with the person, and is undone by its batch', async () => {
  const body = {
    filter: { publisher, held: false, state: 'completed' },
    change: { no_payout_reason: 'caps_exceeded', add: { checked: 'yes' } },
  };
  const before = await readAll();
  const { first, summary, lines } = await change(body);
  expect(lines.map((line) => line.done).filter((done) => done !== undefined)).toEqual([5]);
  expect(summary).toMatchObject({
    calls: 5,
    applied: 5,
    rejected: 0,
    changes: { no_payout_reason: { calls: 5 }, tags: { calls: 5 } },
  });
  expect(await held()).toBe(6);
  const timeline = await server.api('GET', `/calls/${tests}-3/timeline`);
  expect(timeline.json.items.at(-1)).toMatchObject({
    kind: 'postback',
    by: expect.stringMatching(/^Bulk change by /),
  });
  const undo = (dry_run: boolean) =>
    server.api('POST', `/webhooks/incoming/${first.webhook_id}/undo`, { batch_id: first.batch_id, dry_run });
  expect((await undo(true)).json).toMatchObject({ postbacks: 5, calls: 5 });
  expect(await held()).toBe(6);
  expect((await undo(false)).json).toMatchObject({ postbacks: 5, applied: 5 });
  const strip = (calls: Record<string, unknown>[]) => calls.map(({ updated_at: _at, ...call }) => call);
  expect(strip(await readAll())).toEqual(strip(before));
});

test('calls are named by id, too, and sums of money are exact', async () => {
  const ids = [`${tests}-1`, `${tests}-2`, 'no such call'];
  const { summary } = await change({
    filter: { call_log_id: ids },
    change: { publisher_paid_out: '3.1001' },
  });
  expect(summary).toMatchObject({
    calls: 2,
    applied: 2,
    changes: { publisher_paid_out: { calls: 2, from: '5.00', to: '6.2002' } },
  });
});

test('more calls than a page are all changed, each once', async () => {
  await server.database.query(`
    insert into call (account_id, call_log_id, state, started_at, publisher, converted, tags, created_at, updated_at)
    select account_id, 'many ' || n, 'completed', now() - n * interval '1 second', 'Many', false, '{}', now(), now()
    from generate_series(1, 1203) as n, account`);
  const { summary, lines } = await change({
    filter: { publisher: 'Many' },
    change: { revenue_paid_out: '0.01' },
  });
  expect(lines.map((line) => line.done).filter((done) => done !== undefined)).toEqual([500, 1000, 1203]);
  expect(summary).toMatchObject({
    calls: 1203,
    applied: 1203,
    changes: { revenue_paid_out: { from: '0.00', to: '12.03' } },
  });
  expect((await server.api('GET', '/call-totals?publisher=Many')).json).toMatchObject({
    calls: 1203,
    revenue: '12.03',
  });
});

test.each([
  { dry_run: true },
  { dryRun: 1 },
  { transaction_id: 'T' },
  { call_log_id: 'other' },
  { phone_number: '+12135550142' },
])('a change that names what is no field is rejected, and nothing is done: %j', async (extra) => {
  const before = await readAll();
  const answer = await server.api('POST', '/call-changes', {
    filter: { publisher },
    change: { converted: true, ...extra },
  });
  expectProblem(answer, 422, 'unknown_field');
  expect(faultsOf(answer)).toEqual([`${Object.keys(extra)[0]}: unknown_field`]);
  expect(await readAll()).toEqual(before);
});

test('a change or a filter that is wrong is rejected once, and nothing is done', async () => {
  const wrong = await server.api('POST', '/call-changes', {
    filter: { publisher },
    change: { revenue_paid_out: '$5', converted: 'perhaps' },
  });
  expectProblem(wrong, 422, 'invalid_value');
  expect(faultsOf(wrong).sort()).toEqual(['converted: invalid_value', 'revenue_paid_out: invalid_value']);
  expectProblem(
    await server.api('POST', '/call-changes', { filter: { publisher }, change: {} }),
    422,
    'no_updates',
  );
  expectProblem(
    await server.api('POST', '/call-changes', { filter: { phone_number: 'x' }, change: { converted: true } }),
    422,
    'invalid_phone_number',
  );
  expectProblem(
    await server.api('POST', '/call-changes', { change: { converted: true } }),
    422,
    'invalid_value',
  );
  for (const call of await readAll()) expect(call.converted).toBe(false);
});
