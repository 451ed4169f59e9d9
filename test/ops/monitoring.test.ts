/** Alerts and dashboard ask for what a running server really tells. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { rejectionCodes } from '../../src/core/updates/rejection.ts';
import { firstIdAt } from '../../src/store/database/statements/first-id.ts';
import { holdLock, interruptWaiting, lockOfCalls, waitingForLocks } from '../support/database.ts';
import { projectFolder } from '../support/programs/process.ts';
import { startTestServerOn, type TestServer, useServer } from '../support/server.ts';
import { conditionMsMax } from '../support/wait-limit.ts';
import { readQuery } from './promql.ts';

/** metric → label → values that were seen */
type Told = Map<string, Map<string, Set<string>>>;

const server = useServer();
let told: Told;

/** Hooks have no expect.poll. */
const untilMs = { timeout: conditionMsMax, interval: 50 };

/** A server to which all has happened that its counters count. */
beforeAll(async () => {
  const { database } = server;
  const webhook = await server.createWebhook();
  await server.createCall('C1');
  await server.createCall('C2', { state: 'live' });
  for (const id of ['C1', 'C2', 'missing']) await server.post(webhook, { call_log_id: id, reason: 'x' });
  await server.api('GET', '/nope');
  await failOneWrite(server);
  const old = firstIdAt(Date.now() - 2 * 86_400_000);
  await database.query(`update postback set postback_id = $1 where call_log_id = 'missing'`, [old]);
  const keeper = await startTestServerOn(database, {
    retention: { bodies: 1, postbacks: null, calls: null },
  });
  const read = async () => (await keeper.request('/metrics')).text;
  await vi.waitFor(async () => expect(await read()).toContain('_removed_total{'), untilMs);
  told = readMetrics([(await server.request('/metrics')).text, (await keeper.request('/metrics')).text]);
  await keeper.stop();
});

/** The connection of a write that waits for a lock is ended: it is tried again. */
async function failOneWrite({ database }: TestServer): Promise<void> {
  const lock = await holdLock(database, await lockOfCalls(database, ['C1']));
  const changing = server.api('PATCH', '/calls/C1', { reason: 'y' });
  await vi.waitFor(async () => expect(await waitingForLocks(database)).not.toEqual([]), untilMs);
  await interruptWaiting(database, 'pg_terminate_backend');
  await lock.release();
  await changing;
}

function readMetrics(texts: string[]): Told {
  const all: Told = new Map();
  for (const line of texts.join('\n').split('\n')) {
    const [, name = '', labels = ''] = /^([a-z_:]\w*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === '') continue;
    const known = all.get(name) ?? new Map<string, Set<string>>();
    all.set(name, known);
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
  return all;
}

/** What Prometheus itself adds to every sample. */
const ofPrometheus = ['instance', 'job'];
/** Values that a test cannot bring about all at once, from where they are defined. */
const possible: Record<string, readonly string[]> = {
  code: Object.keys(rejectionCodes),
  kind: ['retry', 'locked', 'outcome_unknown', 'data', 'bug', 'bodies', 'postbacks', 'calls'],
};

function expectTold(query: string): void {
  const { metrics, groupings } = readQuery(query);
  expect(metrics.length, query).toBeGreaterThan(0);
  const labels = new Set(ofPrometheus);
  for (const { name, matchers } of metrics) {
    if (name === 'up') continue; // Prometheus tells it of each target
    const known = told.get(name);
    expect(known, `${name} in ${query}`).toBeDefined();
    for (const label of known?.keys() ?? []) labels.add(label);
    for (const { label, values } of matchers) {
      if (ofPrometheus.includes(label)) continue;
      const seen = known?.get(label);
      expect(seen, `${name}{${label}} in ${query}`).toBeDefined();
      for (const value of values) {
        const isPattern = value.includes('.');
        const isPossible = possible[label]?.includes(value) === true || seen?.has(value) === true;
        expect(isPattern || isPossible, `${name}{${label}="${value}"}`).toBe(true);
      }
    }
  }
  for (const label of groupings) expect([...labels], query).toContain(label);
}

const readOps = (path: string) => readFile(join(projectFolder, 'ops', path), 'utf8');

type Rule = { alert: string; expr: string; annotations: { summary: string; action: string } };

test('every alert asks for what there is, and says what to do', async () => {
  const { groups } = parse(await readOps('prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, expr, annotations } of rules) {
    expectTold(expr);
    expect(annotations.summary, alert).not.toBe('');
    expect(annotations.action, alert).not.toBe('');
  }
});

type Panel = {
  id: number;
  title: string;
  type: string;
  gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
  targets?: { expr: string }[];
};

test('every panel of the dashboard queries existing metrics', async () => {
  const { panels } = JSON.parse(await readOps('grafana/ringback.json')) as { panels: Panel[] };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { title, type, targets = [], gridPos } of panels) {
    expect(targets.length > 0, title).toBe(type !== 'row');
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (const { expr } of targets) expectTold(expr.replaceAll('$__rate_interval', '5m'));
  }
});

test('every metric of Ringback’s own is on the dashboard', async () => {
  const dashboard = await readOps('grafana/ringback.json');
  const own = [...told.keys()].filter((name) => name.startsWith('ringback_') && !name.endsWith('_count'));
  for (const name of own) {
    expect(dashboard, name).toContain(name.replace(/_(sum|bucket)$/, ''));
  }
});

describe('the check itself', () => {
  test.each([
    ['a metric that is not told', 'rate(ringback_postback_total[5m])'],
    ['a label that the metric has not', 'ringback_postbacks_total{reason="x"}'],
    ['a code that does not exist', 'ringback_postbacks_total{code="store_unavailabel"}'],
    ['a grouping by what there is not', 'sum by (webhook) (ringback_queue_depth)'],
    ['broken syntax', 'sum(ringback_queue_depth'],
  ])('finds %s', (_what, query) => {
    expect(() => expectTold(query)).toThrow();
  });
});
