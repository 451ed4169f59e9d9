/** The one composition root: database → store → writer → HTTP. Stopping runs the list backwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { type AdminToken, ensureAdminToken } from './admin-token.ts';
import { createMailer } from './clients/mailer.ts';
import type { Config } from './config.ts';
import { AddressList } from './core/access/address-list.ts';
import { hashSecret, makeSecret } from './core/access/secret.ts';
import { createMetrics, type Metrics } from './http/metrics/metrics.ts';
import { findAttention } from './http/operator/overview/attention.ts';
import { PostbackLines } from './http/postbacks/postback-lines.ts';
import { InvalidKeys } from './http/postbacks/rejections/invalid-keys.ts';
import { createApp } from './http/server/app.ts';
import { Writer, writerDefaults } from './ingest/writer.ts';
import { keepExpiringWaiting } from './jobs/expire-waiting.ts';
import { startOutgoing } from './jobs/outgoing/outgoing.ts';
import { keepCompletingOverdueCalls } from './jobs/overdue-calls.ts';
import { keepRecordingInvalidKeys } from './jobs/record-invalid-keys.ts';
import { keepRemovingOld } from './jobs/retention.ts';
import { loadPresets } from './presets.ts';
import { programVersion } from './program-version.ts';
import { Stack } from './stack.ts';
import { chooseConnection } from './store/database/connections/connection.ts';
import { closeDb, type Db, openDb } from './store/database/connections/db.ts';
import { rejectSharedSessions } from './store/database/connections/session.ts';
import { startEmbeddedDatabase } from './store/database/embedded.ts';
import { classifyFailure } from './store/database/failure.ts';
import { migrate } from './store/database/migrate.ts';
import { createStore, type Store } from './store/store.ts';
import { findUi } from './ui-folder.ts';

const signInLinkMsMax = 10 * 60_000;

export type Server = {
  /** where it listens, such as http://127.0.0.1:8080 */
  url: string;
  publicUrl: string;
  adminToken: AdminToken;
  /** signs a browser in once, within ten minutes; null where none was asked for */
  signInSecret: string | null;
  /** Takes no more requests, finishes what was accepted, and stops the embedded database. Idempotent. */
  stop(): Promise<void>;
};

/** Starts everything in this process and resolves when requests are answered. @param signal ends the start */
export function startServer(
  config: Config,
  log: Logger,
  wantsSignIn = false,
  signal?: AbortSignal,
): Promise<Server> {
  return Stack.startOrStop(async (running) => {
    const {
      db,
      databaseUrl: _,
      ...secrets
    } = await prepareDatabase(config, log, running, wantsSignIn, signal);
    const served = await serveFrom(db, config, log, running, createMetrics());
    return { ...served, ...secrets, stop: () => running.stop() };
  }, signal);
}

/** A database that is there, migrated, and has a first account with the admin's token. `running` closes `db`. */
export async function prepareDatabase(
  config: Config,
  log: Logger,
  running: Stack,
  wantsSignIn: boolean,
  signal?: AbortSignal,
): Promise<{ databaseUrl: string; db: Db } & Pick<Server, 'adminToken' | 'signInSecret'>> {
  const databaseUrl = config.databaseUrl ?? (await startEmbedded(config, log, running, signal));
  // After the data folder was locked: a start that is rejected leaves the token of the one that runs alone.
  const adminToken = await ensureAdminToken(config);
  const db = await connect(databaseUrl, log, running);
  await rejectSharedSessions(db.pool);
  for (const { name } of await migrate(databaseUrl)) log.info({ migration: name }, 'migrated');
  const store = createStore(db, instantNow);
  const tokenHash = hashSecret(adminToken.token);
  await store.ensureFirstAccount(tokenHash);
  const signInSecret = wantsSignIn ? await makeSignIn(store, tokenHash) : null;
  return { databaseUrl, db, adminToken, signInSecret };
}

async function connect(databaseUrl: string, log: Logger, running: Stack): Promise<Db> {
  const writersMax = writerDefaults.lanes + 2;
  const db = openDb(await chooseConnection(databaseUrl), writersMax, warnOfBrokenConnection(log));
  running.push(() => closeDb(db));
  return db;
}

async function makeSignIn(store: Pick<Store, 'createSignInLink'>, tokenHash: Buffer): Promise<string> {
  const secret = makeSecret('rbl');
  const expiresAt = new Date(Date.now() + signInLinkMsMax).toISOString();
  await store.createSignInLink(hashSecret(secret), tokenHash, expiresAt);
  return secret;
}

async function startEmbedded(
  { dataDir }: Config,
  log: Logger,
  running: Stack,
  signal?: AbortSignal,
): Promise<string> {
  const embedded = await startEmbeddedDatabase({ dataDir, log, signal });
  running.push(() => embedded.stop());
  return embedded.url;
}

/** Answers requests on a prepared database. */
export async function serve(
  config: Config & { databaseUrl: string },
  log: Logger,
  running: Stack,
  metrics: Metrics,
): Promise<Pick<Server, 'url' | 'publicUrl'>> {
  return serveFrom(await connect(config.databaseUrl, log, running), config, log, running, metrics);
}

async function serveFrom(
  db: Db,
  config: Config,
  log: Logger,
  running: Stack,
  metrics: Metrics,
): Promise<Pick<Server, 'url' | 'publicUrl'>> {
  const presets = loadPresets();
  const store = createStore(db, instantNow, presets);
  const outgoing = startOutgoing({
    store,
    allowedNetworks: config.outgoingAllowedNetworks,
    log,
    onAttempt: metrics.observeDelivery,
    findAttention: async (accountId) => (await findAttention(store, accountId, Date.now())).items,
  });
  running.push(outgoing.stop);
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
    onCommit: (...commit) => {
      metrics.observeCommit(...commit);
      outgoing.wake();
    },
  });
  running.push(() => writer.close());
  if (config.liveCallHoursMax !== null)
    running.push(keepCompletingOverdueCalls(store, config.liveCallHoursMax, log));
  running.push(keepExpiringWaiting(store, log));
  const invalidKeys = new InvalidKeys(() => performance.now());
  running.push(keepRecordingInvalidKeys(invalidKeys, store, log));
  running.push(keepRemovingOld(store, config.retention, log, metrics.countRemoved));

  let publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const { twilioAuthToken } = config;
  const trustedProxies = config.trustedProxies.length > 0 ? new AddressList(config.trustedProxies) : null;
  const app = await createApp({
    store,
    presets,
    outgoing,
    writer,
    metrics,
    lines: new PostbackLines(log, config.logPostbacks),
    invalidKeys,
    log,
    publicUrl: () => publicUrl,
    twilioAuthToken,
    trustedProxies,
    mailer: config.mail && createMailer(config.mail, log),
    openId: config.openId,
    passwordCost: config.passwordCost,
    uiFolder: findUi(),
  });
  running.push(() => app.close());
  metrics.addGauges({
    queueDepth: () => writer.depth,
    countConnections: () => promisify(app.server.getConnections).call(app.server),
    pools: { reader: db.pool, writer: db.writer },
    readBacklog: store.readBacklog,
    version: programVersion,
  });
  const url = await app.listen({ host: config.host, port: config.port });
  if (config.publicUrl === null) publicUrl = `http://localhost:${new URL(url).port}`;
  return { url, publicUrl };
}

function instantNow(): string {
  return new Date().toISOString();
}

function warnOfBrokenConnection(log: Logger): (error: Error) => void {
  // The driver hangs its whole client on the error, which would fill the log.
  return (error) => log.warn({ reason: error.message }, 'a database connection broke');
}
