/** Every column that a list filters or sorts by has an index whose first column is account_id. */
import pLimit from 'p-limit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { silenceWindows } from '../../../src/core/reports/attention.ts';
import { listTimeline } from '../../../src/store/calls/calls.ts';
import type { CallFilter } from '../../../src/store/calls/list/call-filter.ts';
import { listCalls } from '../../../src/store/calls/list/call-list.ts';
import { listNames, nameColumns } from '../../../src/store/calls/list/call-names.ts';
import { listSortedCalls } from '../../../src/store/calls/list/sorted-calls.ts';
import { listOverdueCalls } from '../../../src/store/calls/overdue-calls.ts';
import type { Db } from '../../../src/store/database/connections/db.ts';
import { type DeliveryFilter, listDeliveries } from '../../../src/store/outgoing/deliveries/deliveries.ts';
import { listMatching } from '../../../src/store/postbacks/matching.ts';
import { listPostbacks, type PostbackFilter } from '../../../src/store/postbacks/postback-log.ts';
import { listReplayable } from '../../../src/store/postbacks/replays.ts';
import { countOutcomes, countWaiting } from '../../../src/store/reports/activity.ts';
import {
  countRejections,
  countSince,
  countUnmatched,
  countWaitingUpdates,
  readActivePartners,
  readActiveWebhooks,
} from '../../../src/store/reports/attention.ts';
import { reportCalls } from '../../../src/store/reports/call-report.ts';
import { readChangeVersions } from '../../../src/store/reports/change-versions.ts';
import { listViews } from '../../../src/store/views/saved-views.ts';
import { listWebhooks } from '../../../src/store/webhooks/webhooks.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const accountId = '0199aaaa-0000-7000-8000-000000000001';
const webhookId = '0199bbbb-0000-7000-8000-000000000001';

let database: TestDatabase;
let client: pg.Client;
const oneByOne = pLimit(1); // a list may ask for several things at once
/** index name → its columns */
let columnsOf: Map<string, string[]>;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    insert into account (account_id, name, created_at, updated_at) values ('${accountId}', 'A', now(), now());
    insert into incoming_webhook (account_id, webhook_id, name, type, match_window_hours, match_rule, created_at, updated_at)
      values ('${accountId}', '${webhookId}', 'W', 'update_fields', 1, 'latest', now(), now());
    insert into call (account_id, call_log_id, state, phone_number, tracking_number, started_at, campaign, publisher,
        buyer, converted, no_payout_reason, tags, created_at, updated_at)
      select '${accountId}', 'C' || n, case when n % 500 = 0 then 'live' else 'completed' end, '+1415555' || n, '+1800' || n,
        now() - n * interval '1 minute', 'c' || n % 100, 'p' || n % 100, 'b' || n % 100, n % 500 = 1,
        case when n % 500 = 2 then 'Caps exceeded' end, '{}', now(), now()
      from generate_series(1, 5000) as n;
    insert into postback (account_id, postback_id, webhook_id, received_at, first_status, status, code, call_log_id,
        transaction_id, is_dry_run, source_ip, request, update)
      select '${accountId}', uuidv7(n * interval '-1 minute'), case when n % 50 = 0 then '${webhookId}'::uuid else gen_random_uuid() end,
        now(), s, s, case when s = 'rejected' then 'no_updates' end, 'C' || n, 't' || n, false, '', '{}', '{}'
      from generate_series(1, 5000) as n, lateral (select case n % 50 when 0 then 'rejected' when 1 then 'queued'
        when 2 then 'unchanged' else 'applied' end) as outcome(s);
    insert into outgoing_webhook (account_id, webhook_id, name, url, method, events, filter, format, headers, empty, "order",
        secret, created_at, updated_at)
      values ('${accountId}', '${webhookId}', 'O', 'http://x', 'POST', '{call.created}', '{}', 'event', '{}', 'send', 'per_call',
        's', now(), now());
    insert into delivery (account_id, delivery_id, webhook_id, event_id, event_type, call_log_id, sequence, event, status)
      select '${accountId}', uuidv7(n * interval '-1 minute'), case when n % 50 = 0 then '${webhookId}'::uuid else gen_random_uuid() end,
        'e' || n, case n % 50 when 1 then 'call.created' else 'call.changed' end, 'C' || n, 1, '{}',
        case when n % 50 = 2 then 'failed' else 'delivered' end
      from generate_series(1, 5000) as n;
    analyze`);
  // In a transaction, so that Citus has it on its workers too. A plain PostgreSQL knows the first setting as one of no meaning.
  await client.query(`set citus.propagate_set_commands = 'local'; begin; set local enable_seqscan = off`);
  const { rows } = await client.query(`
    select i.relname, array_agg(a.attname::text order by k.at) as columns
    from pg_index x join pg_class i on i.oid = x.indexrelid
    cross join lateral unnest(x.indkey) with ordinality as k(attnum, at)
    join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
    where i.relnamespace = 'public'::regnamespace group by i.relname`);
  columnsOf = new Map(rows.map(({ relname, columns }) => [relname, columns]));
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

type Plan = {
  'Node Type': string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
};

/** All nodes of a plan, on Citus also those of a shard, whose indexes have its number in their names. */
function nodesOf(plan: unknown): Plan[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const inside = Object.values(plan).flatMap(nodesOf);
  if (!('Node Type' in plan)) return inside;
  const node = plan as Plan; // as PostgreSQL writes it
  const name = node['Index Name']?.replace(/_\d{6,}$/, '');
  return [{ ...node, ...(name !== undefined && { 'Index Name': name }) }, ...inside];
}

/** The indexes and their conditions that a list reads along, as the database plans it. */
async function explain(list: (db: Db) => Promise<unknown>): Promise<Plan[]> {
  const nodes: Plan[] = [];
  const query = async (asked: string | { text: string; values: unknown[] }, given?: unknown[]) => {
    const { text, values } = typeof asked === 'string' ? { text: asked, values: given } : asked;
    const { rows } = await oneByOne(() => client.query(`explain (format json) ${text}`, values));
    nodes.push(...nodesOf(rows[0]['QUERY PLAN']));
    return { rows: [] };
  };
  await list({ pool: { query } } as unknown as Db); // all of a Db that a list uses
  return nodes;
}

function expectIndexed(nodes: Plan[], condition: RegExp): void {
  expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  const scans = nodes.filter((node) => node['Index Name'] !== undefined);
  expect(scans.length).toBeGreaterThan(0);
  for (const scan of scans) {
    const name = scan['Index Name'] ?? '';
    expect(columnsOf.get(name)?.[0], name).toBe('account_id');
    expect(scan['Index Cond'], name).toContain('account_id = ');
  }
  const told = scans.map((scan) => `${scan['Index Name']}: ${scan['Index Cond']}`);
  expect(
    told.some((one) => condition.test(one)),
    told.join('\n'),
  ).toBe(true);
}

const from = new Date(Date.now() - 600_000).toISOString();

describe('calls are listed along an index', () => {
  const filters: [CallFilter, RegExp][] = [
    [{}, /^call_by_start/],
    [{ state: 'live' }, /^call_live/],
    [{ state: 'completed' }, /^call_by_start/],
    [{ phoneNumber: '+14155557' }, /phone_number = /],
    [{ converted: true }, /^call_(by_start|pkey)/], // has no index of its own: see the migration
    [{ converted: false }, /^call_by_start/],
    [{ held: true }, /^call_held/],
    [{ held: false }, /^call_by_start/],
    [{ campaign: 'c7' }, /campaign = /],
    [{ publisher: 'p7' }, /publisher = /],
    [{ buyer: 'b7' }, /buyer = /],
    [{ from }, /started_at >= /],
    [{ to: from }, /started_at <= /],
    [{ search: { text: 'C77', phoneNumber: null } }, /call_log_id >= /],
    [{ search: { text: '+18007', phoneNumber: '+18007' } }, /tracking_number = /],
  ];
  test.each(filters)('%j', async (filter, condition) => {
    expectIndexed(await explain((db) => listCalls(db, accountId, filter, 50, null)), condition);
  });

  test('and so is the next page', async () => {
    const after = { startedAt: from, callLogId: 'C7' };
    expectIndexed(
      await explain((db) => listCalls(db, accountId, {}, 50, after)),
      /ROW\(started_at, call_log_id\) < /,
    );
  });
});

test('calls sorted by an amount are those of the filter’s index', async () => {
  const sort = { column: 'revenue_paid_out', isDescending: true } as const;
  const after = { value: '10', callLogId: 'C7' };
  const list = (filter: CallFilter) => (db: Db) => listSortedCalls(db, accountId, filter, sort, 50, after);
  expectIndexed(await explain(list({ campaign: 'c7' })), /campaign = /);
  expectIndexed(await explain(list({ from })), /started_at >= /);
});

test('the oldest calls are listed along the same index', async () => {
  const after = { startedAt: from, callLogId: 'C7' };
  const list = (db: Db) => listCalls(db, accountId, {}, 50, after, true);
  expectIndexed(await explain(list), /^call_by_start: .*ROW\(started_at, call_log_id\) > /);
});

test('saved views are listed along the index of their names', async () => {
  const nodes = await explain((db) => listViews(db, accountId, 50, 'a view'));
  expectIndexed(nodes, /^saved_view_name: .*lower\(name\) > /);
});

test('a search looks at no more calls than it finds', async () => {
  const text = 'nothing';
  const nodes = await explain((db) =>
    listCalls(db, accountId, { search: { text, phoneNumber: null } }, 50, null),
  );
  const scans = nodes.filter((node) => node['Index Name'] !== undefined);
  for (const scan of scans)
    expect(scan['Index Cond']).toMatch(/call_log_id|phone|number|campaign|publisher|buyer/);
  expect(nodes.map((node) => node['Filter'] ?? '').join()).not.toContain('campaign');
});

test.each(nameColumns)('the names of %s are found from one to the next', async (column) => {
  const nodes = await explain((db) => listNames(db, accountId, column, null, 50, 'c7'));
  expectIndexed(nodes, new RegExp(`^call_by_${column}: .*${column} > `));
});

test('the marks of changes are read along the primary keys', async () => {
  const nodes = await explain(({ pool }) => readChangeVersions(pool, [accountId]));
  expectIndexed(nodes, /^postback_pkey/);
  expectIndexed(nodes, /^call_event_pkey/);
});

describe('postbacks are listed along an index', () => {
  const filters: [PostbackFilter, RegExp][] = [
    [{}, /^postback_pkey/],
    [{ webhookId }, /webhook_id = /],
    [{ webhookId, status: 'unchanged' }, /^postback_of_webhook_not_applied: .*status = /],
    [{ status: 'applied' }, /^postback_pkey/],
    [{ status: 'unchanged' }, /status = /],
    [{ status: 'queued' }, /status = |^postback_queued/],
    [{ status: 'rejected' }, /status = /],
    [{ code: 'no_updates' }, /code = /],
    [{ isOpen: true }, /^postback_by_code: .*code = /],
    [{ isOpen: true, webhookId }, /status = 'waiting'/],
    [{ callLogId: 'C7' }, /call_log_id = /],
    [{ transactionId: 't7' }, /transaction_id = /],
    [{ replayOf: webhookId }, /^postback_replays/],
    [{ batchId: webhookId }, /^postback_of_batch/],
    [{ from }, /postback_id >= /],
    [{ to: from }, /postback_id < /],
  ];
  test.each(filters)('%j', async (filter, condition) => {
    expectIndexed(await explain((db) => listPostbacks(db, accountId, filter, 50, null)), condition);
  });
});

describe('deliveries are listed along an index', () => {
  const filters: [DeliveryFilter, RegExp][] = [
    [{}, /^delivery_pkey/],
    [{ webhookId }, /^delivery_of_webhook: .*webhook_id = /],
    [{ webhookId, status: 'failed' }, /webhook_id = |status = /],
    [{ status: 'failed' }, /^delivery_by_status: .*status = /],
    [{ status: 'delivered' }, /^delivery_pkey/],
    [{ event: 'call.created' }, /^delivery_by_type: .*event_type = /],
    [{ callLogId: 'C7' }, /call_log_id = /],
    [{ from }, /delivery_id >= /],
    [{ to: from }, /delivery_id < /],
  ];
  test.each(filters)('%j', async (filter, condition) => {
    expectIndexed(await explain((db) => listDeliveries(db, accountId, filter, 50, null)), condition);
  });
});

test('a timeline is read along the indexes by call', async () => {
  const nodes = await explain((db) => listTimeline(db, accountId, 'C7', 50, null));
  expectIndexed(nodes, /^call_event_of_call: .*call_log_id = /);
  expectIndexed(nodes, /^postback_of_call: .*call_log_id = /);
  expectIndexed(nodes, /^delivery_on_timeline: .*call_log_id = /);
});

describe('the overview reads along indexes that are there for the lists', () => {
  const now = Date.now();
  const windows = silenceWindows(now);
  const scope = { from, to: new Date().toISOString() };
  const days = { by: 'day' as const, starts: [from] };
  const reads: [string, (db: Db) => Promise<unknown>, RegExp][] = [
    ['days', (db) => reportCalls(db, accountId, scope, days), /^call_by_start/],
    ['a publisher', (db) => reportCalls(db, accountId, { ...scope, publisher: 'p7' }, days), /publisher = /],
    ['minutes', (db) => countOutcomes(db, accountId, now - 60_000, now), /^postback_pkey/],
    ['what waits', (db) => countWaiting(db, accountId), /^postback_queued/],
    ['rejections', (db) => countRejections(db, accountId, now), /^postback_not_applied/],
    ['what is replayed', (db) => listReplayable(db, accountId, {}, 10), /^postback_(not_applied|by_code)/],
    ['what one rule attaches', (db) => listMatching(db, accountId, {}, 10), /^call_by_phone/],
    ['a webhook', (db) => countSince(db, accountId, webhookId, now), /^postback_of_webhook/],
    ['webhooks', (db) => readActiveWebhooks(db, accountId, windows), /^postback_of_webhook/],
    ['publishers', (db) => readActivePartners(db, accountId, 'publisher', windows), /^call_by_publisher/],
    ['buyers', (db) => readActivePartners(db, accountId, 'buyer', windows), /^call_by_buyer/],
    [
      'what found no call',
      (db) => countUnmatched(db, accountId, ['call_not_found'], now),
      /^postback_by_code/,
    ],
    ['live calls', (db) => countWaitingUpdates(db, accountId, from), /^call_live/],
  ];
  test.each(reads)('%s', async (_name, read, condition) => {
    const nodes = await explain((db) => read(db).catch(() => {})); // a plan has no rows to sum up
    expectIndexed(nodes, condition);
  });
});

test('webhooks are listed along the primary key', async () => {
  expectIndexed(await explain((db) => listWebhooks(db, accountId, 50, null)), /^incoming_webhook_pkey/);
});

test('live calls that are overdue are found along the index of live calls, over all accounts', async () => {
  const nodes = await explain((db) => listOverdueCalls(db, from, 50, null));
  const scans = nodes.filter((node) => node['Index Name'] !== undefined);
  expect(scans).toMatchObject([
    {
      'Index Name': 'call_live',
      'Index Cond': expect.stringMatching(/ROW\(account_id, started_at, call_log_id\) > /),
    },
  ]);
  // Citus merges what its shards have found.
  const isPlain = inject('citusWorkers').length === 0;
  if (isPlain) expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
});
