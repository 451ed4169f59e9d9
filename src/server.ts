/** The one composition root: database → store → writer → HTTP. Stopping runs the list backwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AdminToken, ensureAdminToken } from './admin-token.ts';
import type { Config } from './config.ts';
import { createApp } from './http/app.ts';
import { createMetrics } from './http/metrics.ts';
import { hashSecret } from './http/secret.ts';
import { Writer, writerDefaults } from './ingest/writer.ts';
import { closeDb, openDb } from './store/db.ts';
import { startEmbeddedDatabase } from './store/embedded.ts';
import { classifyFailure } from './store/failure.ts';
import { migrate } from './store/migrate.ts';
import { createStore } from './store/store.ts';

export type Server = {
  /** where it listens, such as http://127.0.0.1:8080 */
  url: string;
  publicUrl: string;
  adminToken: AdminToken;
  /** Takes no more requests, finishes what was accepted, and stops the embedded database. Idempotent. */
  stop(): Promise<void>;
};

/** Starts everything and resolves when requests are answered. What was started is stopped again if a part fails. */
export async function startServer(config: Config, log: Logger): Promise<Server> {
  const running = new Stack();
  try {
    return await start(config, log, running);
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function start(config: Config, log: Logger, running: Stack): Promise<Server> {
  const adminToken = await ensureAdminToken(config);
  let databaseUrl = config.databaseUrl;
  if (databaseUrl === null) {
    const embedded = await startEmbeddedDatabase({ dataDir: config.dataDir, log });
    running.push(() => embedded.stop());
    databaseUrl = embedded.url;
  }
  const db = openDb(databaseUrl, writerDefaults.lanes + 1, (error) =>
    log.warn({ err: error }, 'a database connection broke'),
  );
  running.push(() => closeDb(db));
  for (const { name } of await migrate(db.pool)) log.info({ migration: name }, 'migrated');
  const store = createStore(db, () => new Date().toISOString());
  await store.ensureFirstAccount(hashSecret(adminToken.token));

  const metrics = createMetrics();
  const writer = new Writer({
    ...writerDefaults,
    write: store.writePostbacks,
    classify: classifyFailure,
    sleep: async (ms) => void (await sleep(ms)),
    random: Math.random,
    onFailure: (kind, error, size) => {
      metrics.countFailure(kind);
      log.warn({ err: error, kind, size }, 'a batch was not committed');
    },
    onCommit: metrics.observeCommit,
  });
  running.push(() => writer.close());
  metrics.addGauges({ queueDepth: () => writer.depth, countWaiting: store.countWaiting });

  let publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const app = await createApp({
    store,
    writer,
    metrics,
    log,
    publicUrl: () => publicUrl,
    twilioAuthToken: config.twilioAuthToken,
  });
  running.push(() => app.close());
  const url = await app.listen({ host: config.host, port: config.port });
  if (config.publicUrl === null) publicUrl = `http://localhost:${new URL(url).port}`;
  return { url, publicUrl, adminToken, stop: () => running.stop() };
}

/** What was started, so that it can be stopped in the opposite order, once. */
class Stack {
  readonly #stops: (() => Promise<void>)[] = [];
  #stopping: Promise<void> | undefined;

  push(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
  }
}
