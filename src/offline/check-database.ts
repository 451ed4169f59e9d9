import type pg from 'pg';
import type { Config } from '../config.ts';
import { createLog } from '../log.ts';
import {
  mayCreateTables,
  readServerClock,
  readServerSettings,
  readServerVersion,
} from '../store/database/connections/server-facts.ts';
import { isClusterMade } from '../store/database/embedded/cluster.ts';
import { DataDirInUse } from '../store/database/embedded/data-dir-lock.ts';
import { latestVersion, postgresMajorMin, readSchemaVersion } from '../store/database/migrate.ts';
import { listOutgoingTroubles } from '../store/outgoing/outgoing-state.ts';
import { checkWorkers } from './check-workers.ts';
import { describeDatabase, explainFailure } from './explain-failure.ts';
import type { Finding } from './finding.ts';
import { withDatabase } from './with-database.ts';

const clockWarnMs = 2_000;
const clockFailMs = 60_000;

/** Looks into the database of the settings. An embedded one that was never started is not made. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  const subject = 'database';
  if (config.databaseUrl === null && !(await isClusterMade(config.dataDir))) {
    return [{ level: 'ok', subject, says: `${describeDatabase(config)} will be made at the first start` }];
  }
  try {
    return await withDatabase(config, createLog('silent'), async ({ pool, usedBy, isEncrypted }) => {
      const inUse = usedBy === null ? '' : `; a Ringback runs on it (${usedBy.holder})`;
      const schema = await checkSchema(pool);
      return [
        await checkVersion(pool, describeDatabase(config) + (isEncrypted ? ', over TLS' : '') + inUse),
        schema,
        await checkDurability(pool),
        await checkClock(pool),
        ...(await checkWorkers(pool)),
        ...(schema.level === 'ok' ? [await checkOutgoing(pool)] : []),
      ];
    });
  } catch (error) {
    if (error instanceof DataDirInUse) {
      const says = `in use by ${error.holder}, which is starting, or whose files this user may not read`;
      return [
        { level: 'warn', subject, says, fix: 'Try again in a moment, or as the user that started it.' },
      ];
    }
    const { what, fix } = explainFailure(error, config);
    return [{ level: 'FAIL', subject, says: what, ...(fix !== null && { fix }) }];
  }
}

async function checkVersion(pool: pg.Pool, where: string): Promise<Finding> {
  const server = await readServerVersion(pool);
  const subject = 'database';
  const says = `version ${server?.version}: ${where}`;
  if (server === null || server.number < postgresMajorMin * 10_000) {
    const fix = `Ringback needs PostgreSQL ${postgresMajorMin} or newer: upgrade it, or leave DATABASE_URL out.`;
    return { level: 'FAIL', subject, says, fix };
  }
  if (server.isReadOnly) {
    const fix = 'Set DATABASE_URL to the primary server.';
    return { level: 'FAIL', subject, says: `${says}; it takes no writes`, fix };
  }
  return { level: 'ok', subject, says };
}

async function checkSchema(pool: pg.Pool): Promise<Finding> {
  const subject = 'schema';
  const [version, latest] = [await readSchemaVersion(pool), latestVersion()];
  const says = `version ${version}, and this Ringback brings ${latest}`;
  if (version === latest) return { level: 'ok', subject, says: `version ${version}, the latest` };
  if (version > latest) {
    const fix = 'Start the newer Ringback, or restore the database from before its migration.';
    return { level: 'FAIL', subject, says, fix };
  }
  if (!(await mayCreateTables(pool))) {
    const fix = 'Let the user of DATABASE_URL own the database, or grant it "create on schema public".';
    return { level: 'FAIL', subject, says: `${says}, but this user may not make tables`, fix };
  }
  const fix = 'Nothing to do: the next start migrates (or "npm run ringback -- migrate" does now).';
  return { level: 'warn', subject, says, fix };
}

/** Whether a commit survives a power cut. */
async function checkDurability(pool: pg.Pool): Promise<Finding> {
  const subject = 'durability';
  const names = ['fsync', 'synchronous_commit', 'full_page_writes'];
  const settings = await readServerSettings(pool, names);
  const says = settings.map(({ name, setting }) => `${name} ${setting}`).join(', ');
  const off = settings.filter(({ setting }) => setting === 'off').map(({ name }) => name);
  if (off.length > 0) {
    const fix = `With these off a power cut loses acknowledged postbacks: ${off.map((name) => `alter system set ${name} = on;`).join(' ')} select pg_reload_conf();`;
    return { level: 'FAIL', subject, says, fix };
  }
  if (settings.length === names.length) return { level: 'ok', subject, says };
  const fix = 'Make sure that this database writes every commit to disk before it confirms it.';
  return { level: 'warn', subject, says: 'the database does not tell all of its settings', fix };
}

async function checkClock(pool: pg.Pool): Promise<Finding> {
  const subject = 'clock';
  const before = Date.now();
  const databaseMs = await readServerClock(pool);
  const roundTripMs = Date.now() - before;
  const aheadMs = databaseMs - (before + roundTripMs / 2);
  const says = `${formatMs(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine’s, as the database has it`;
  if (Math.abs(aheadMs) - roundTripMs / 2 <= clockWarnMs) {
    return { level: 'ok', subject, says: `the database’s differs by ${formatMs(Math.abs(aheadMs))}` };
  }
  const fix = 'Let both machines keep time with NTP: calls are found by the time of receipt.';
  return { level: Math.abs(aheadMs) > clockFailMs ? 'FAIL' : 'warn', subject, says, fix };
}

function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Outgoing webhooks that need their owner. */
async function checkOutgoing(pool: pg.Pool): Promise<Finding> {
  const subject = 'outgoing';
  const troubles = await listOutgoingTroubles({ pool, writer: pool }, null);
  if (troubles.length === 0) return { level: 'ok', subject, says: 'no outgoing webhook fails' };
  const says = troubles
    .map(({ name, reason, pausedAt, failingSince }) =>
      pausedAt === null
        ? `"${name}" has failed since ${failingSince}`
        : `"${name}" is paused since ${pausedAt}: ${reason === 'gone' ? 'its receiver answered 410' : 'it failed for 5 days'}`,
    )
    .join('\n');
  const fix = 'Read its deliveries for the reason, correct the receiver, then resume the webhook.';
  return { level: 'warn', subject, says, fix };
}
