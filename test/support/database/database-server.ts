import { createLog } from '../../../src/log.ts';
import { findBinaries } from '../../../src/store/database/embedded/binaries.ts';
import { clusterFolder } from '../../../src/store/database/embedded/cluster.ts';
import { APP_ROLE, runAsSuperuser } from '../../../src/store/database/embedded/roles.ts';
import { chooseServerUser } from '../../../src/store/database/embedded/server-user.ts';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../../src/store/database/embedded.ts';

const log = createLog('error');

/** The embedded PostgreSQL with two rights more than the product gives its role: tests make a database each, and the bench checkpoints. */
export async function startDatabaseServer(dataDir: string): Promise<EmbeddedDatabase> {
  await (await startEmbeddedDatabase({ dataDir, log })).stop();
  return startWithRights(dataDir);
}

/** The same for a data folder that has a database. */
export async function startWithRights(dataDir: string): Promise<EmbeddedDatabase> {
  const user = await chooseServerUser(dataDir, log);
  const cluster = { folder: clusterFolder(dataDir), binaries: await findBinaries(user), user };
  await runAsSuperuser(cluster, 'postgres', [
    `alter role ${APP_ROLE} createdb`,
    `grant pg_checkpoint to ${APP_ROLE}`,
  ]);
  return startEmbeddedDatabase({ dataDir, log });
}
