import type pg from 'pg';
import { type CitusNode, listWorkers } from '../store/database/connections/citus-nodes.ts';
import { writerSession } from '../store/database/connections/session.ts';
import { isDistributed, listUndistributed } from '../store/maintenance/distribute.ts';
import type { Finding } from './finding.ts';

const clockWarnMs = 1_000;
const lockTimeoutMs = String(Number.parseInt(writerSession['lock_timeout'] ?? '', 10));

/** The workers of Citus. Sessions there have the settings of their database, not those of ours. None without Citus. */
export async function checkWorkers(pool: pg.Pool): Promise<Finding[]> {
  if (!(await isDistributed(pool))) return [];
  const subject = 'workers';
  const left = await listUndistributed(pool);
  const askedAt = Date.now();
  const workers = await listWorkers(pool);
  const tookMs = Date.now() - askedAt;
  const troubles = [
    ...left.map((name) => `${name} is on the coordinator alone -> run "migrate --distributed" again`),
    ...workers.flatMap((worker) => troublesOf(worker, askedAt, tookMs)),
  ];
  const names = workers.map(({ name }) => name).join(', ');
  if (troubles.length === 0) return [{ level: 'ok', subject, says: names }];
  const level = troubles.some((trouble) => /does not answer|is off| is 0/.test(trouble)) ? 'FAIL' : 'warn';
  return [{ level, subject, says: troubles.join('\n'), fix: 'See "Step 3: Citus" in docs/scaling.md.' }];
}

function troublesOf({ name, state }: CitusNode, askedAt: number, tookMs: number): string[] {
  if (state === null) return [`${name} does not answer: its accounts get 503`];
  const { settings, clockMs } = state;
  const off = ['fsync', 'full_page_writes', 'synchronous_commit'].filter((each) => settings[each] === 'off');
  const limits = ['statement_timeout', 'transaction_timeout'].filter(
    (each) => Number(settings[each] ?? 0) > 0,
  );
  const aheadMs = Math.max(clockMs - askedAt - tookMs, askedAt - clockMs);
  const troubles = [
    ...off.map((each) => `${each} is off: a power cut loses acknowledged postbacks`),
    ...limits.map((each) => `${each} of the database ends long statements: reset it with "alter database"`),
    ...(settings['max_prepared_transactions'] === '0'
      ? ['max_prepared_transactions is 0: no commit works']
      : []),
    ...(settings['lock_timeout'] === lockTimeoutMs
      ? []
      : [`lock_timeout of the database is not ${lockTimeoutMs} ms: run "migrate --distributed" again`]),
    ...(aheadMs > clockWarnMs ? [`its clock differs by ${Math.round(aheadMs / 1_000)} s: use NTP`] : []),
  ];
  return troubles.map((trouble) => `${name}: ${trouble}`);
}
