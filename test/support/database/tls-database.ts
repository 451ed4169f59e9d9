/** A PostgreSQL of the test's own that listens on TCP with a certificate of a private CA. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { generate } from 'selfsigned';
import { vi } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { findBinaries } from '../../../src/store/database/embedded/binaries.ts';
import { clusterFolder, ensureCluster } from '../../../src/store/database/embedded/cluster.ts';
import { programEnv } from '../../../src/store/database/embedded/process/run-program.ts';
import { ROLE } from '../../../src/store/database/embedded/roles.ts';
import { chooseServerUser, pathFor } from '../../../src/store/database/embedded/server-user.ts';
import { serverFlags } from '../../../src/store/database/embedded/settings.ts';
import { makeSocketFolder } from '../../../src/store/database/embedded/socket-folder.ts';
import { findFreePort } from '../programs/free-port.ts';

/** Roles that may log in, and how. All have the password of the test but `by_certificate`. */
const rules = `local all all trust
hostssl all tls_only samehost scram-sha-256
hostnossl all plain_only samehost scram-sha-256
hostssl all by_certificate samehost cert
host all either samehost scram-sha-256
`;
const roles = ['tls_only', 'plain_only', 'by_certificate', 'either'];

export type TlsDatabase = {
  port: number;
  /** of PEM files */
  files: Record<'ca' | 'otherCa' | 'clientCert' | 'clientKey', string>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
};

/** @param folder empty, removed by the caller */
export async function startTlsDatabase(folder: string, password: string): Promise<TlsDatabase> {
  const user = await chooseServerUser(folder, createLog('silent'));
  const binaries = await findBinaries(user);
  await ensureCluster({ dataDir: folder, binaries, user, log: createLog('silent') });
  const cluster = clusterFolder(folder);
  const certificates = await makeCertificates();
  const ofServer = {
    'pg_hba.conf': rules,
    'server.crt': certificates.server.cert,
    'server.key': certificates.server.private,
    'ca.crt': certificates.ca.cert,
  };
  for (const [name, text] of Object.entries(ofServer)) {
    await writeFile(join(cluster, name), text, { mode: 0o600 });
    if (user) await chown(join(cluster, name), user.uid, user.gid);
  }
  const files = {
    ca: await writeTo('ca.pem', certificates.ca.cert),
    otherCa: await writeTo('other-ca.pem', certificates.otherCa.cert),
    clientCert: await writeTo('client.pem', certificates.client.cert),
    clientKey: await writeTo('client.key', certificates.client.private),
  };
  const port = await findFreePort();
  const socketFolder = await makeSocketFolder(folder, user);
  const settings = [
    'listen_addresses=localhost',
    `port=${port}`,
    'ssl=on',
    'ssl_ca_file=ca.crt',
    'shared_buffers=32MB',
  ];
  const flags = [...serverFlags(socketFolder), ...settings.flatMap((setting) => ['-c', setting])];
  const log = await open(join(folder, 'postgres.log'), 'a');
  const child = spawn(binaries.postgres, ['-D', pathFor(user, cluster), ...flags], {
    cwd: cluster,
    stdio: ['ignore', log.fd, log.fd],
    env: programEnv,
    ...user,
  });
  const ended = once(child, 'exit');
  await log.close();
  const query = async (sql: string) => {
    const client = new pg.Client({ host: socketFolder, port, user: ROLE, database: 'postgres', ssl: false });
    client.on('error', () => {}); // its query fails with the same
    await client.connect();
    return (await client.query(sql).finally(() => client.end())).rows;
  };
  await vi.waitFor(() => query('select 1'), { timeout: 60_000 });
  for (const role of roles) await query(`create role ${role} login password ${pg.escapeLiteral(password)}`);
  return {
    port,
    files,
    query,
    stop: async () => {
      child.kill('SIGQUIT');
      await ended;
      await rm(socketFolder, { recursive: true, force: true });
    },
  };

  async function writeTo(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  }
}

async function makeCertificates() {
  const makeCa = (name: string) =>
    generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
  const [ca, otherCa] = [await makeCa('Test CA'), await makeCa('Other CA')];
  const sign = (name: string) =>
    generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: ca.private, cert: ca.cert },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    });
  return { ca, otherCa, server: await sign('localhost'), client: await sign('by_certificate') };
}
