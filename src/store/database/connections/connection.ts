/** How to reach the PostgreSQL of a URL, with TLS as libpq's `sslmode` and its companions define it. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, checkServerIdentity, getCACertificates } from 'node:tls';
import pg from 'pg';
import { ConnectionFault } from '../failure.ts';
import { splitUrl, type TlsParameters } from './database-url.ts';

/** For `pg`: the URL without its TLS parameters, and TLS in the driver's terms. */
export type Connection = {
  connectionString: string;
  ssl: false | ConnectionOptions;
  enableChannelBinding: boolean;
  sslnegotiation: 'direct' | 'postgres';
};

const connectTimeoutMs = 5_000;
/**
 * Decides between TLS and none where the mode leaves it open, by connecting once.
 * @throws ConnectionFault for a certificate that cannot be read
 */
export async function chooseConnection(url: string): Promise<Connection> {
  const { connectionString, tls, host } = splitUrl(url);
  const common = {
    connectionString,
    enableChannelBinding: tls.channel_binding === 'require',
    sslnegotiation: tls.sslnegotiation === 'direct' ? ('direct' as const) : ('postgres' as const),
  };
  const ways = (host.startsWith('/') ? [false as const] : listWays(tls, host)).map((ssl) => ({
    ...common,
    ssl,
  }));
  for (const way of ways.slice(0, -1)) {
    if (await isAccepted(way)) return way;
  }
  const [last] = ways.slice(-1);
  if (last === undefined) throw new Error('there is no way to connect');
  return last;
}

/** What is tried, in order. */
function listWays(tls: TlsParameters, host: string): Connection['ssl'][] {
  const mode = tls.sslmode ?? (tls.sslrootcert === 'system' ? 'verify-full' : 'prefer');
  if (mode === 'disable') return [false];
  const encrypted = readTls(tls, mode, host);
  if (mode === 'allow') return [false, encrypted];
  return mode === 'prefer' ? [encrypted, false] : [encrypted];
}

/** A root certificate is checked in every mode; only `verify-full` checks the name of the host. */
function readTls(tls: TlsParameters, mode: string, host: string): ConnectionOptions {
  const file = (name: 'sslrootcert' | 'sslcert' | 'sslkey' | 'sslcrl', fallback?: string) => {
    const path = tls[name] ?? (fallback === undefined ? undefined : join(homedir(), '.postgresql', fallback));
    if (path === undefined || (tls[name] === undefined && !existsSync(path))) return undefined;
    return readCertificate(name, path);
  };
  const ca = tls.sslrootcert === 'system' ? getCACertificates('system') : file('sslrootcert', 'root.crt');
  if (ca === undefined && mode.startsWith('verify-')) {
    throw new ConnectionFault(
      `sslmode=${mode} in DATABASE_URL needs a root certificate: set sslrootcert to the file of your CA, or to "system" for the CAs of this machine.`,
    );
  }
  const [cert, key, crl] = [
    file('sslcert', 'postgresql.crt'),
    file('sslkey', 'postgresql.key'),
    file('sslcrl', 'root.crl'),
  ];
  return {
    rejectUnauthorized: ca !== undefined,
    // The driver names no host where it is an address.
    checkServerIdentity: (_host, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(crl !== undefined && { crl }),
    ...(tls.sslpassword !== undefined && { passphrase: tls.sslpassword }),
    ...readVersions(tls),
  };
}

function readVersions(tls: TlsParameters): Pick<ConnectionOptions, 'minVersion' | 'maxVersion'> {
  const { ssl_min_protocol_version: min, ssl_max_protocol_version: max } = tls;
  return { ...(isVersion(min) && { minVersion: min }), ...(isVersion(max) && { maxVersion: max }) };
}

function isVersion(text: string | undefined): text is 'TLSv1.2' | 'TLSv1.3' {
  if (text === undefined || text === 'TLSv1.2' || text === 'TLSv1.3') return text !== undefined;
  throw new ConnectionFault('Protocol versions in DATABASE_URL are TLSv1.2 and TLSv1.3.');
}

function readCertificate(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ConnectionFault(`The file of ${name} in DATABASE_URL cannot be read (${reason}): ${path}.`);
  }
}

/** False where the server requires the opposite: with TLS, or without. @throws any other failure */
async function isAccepted(connection: Connection): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => {}); // `connect` fails with the same; unheard, it would end the process
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (isOfEncryption(error)) return false;
    throw error;
  } finally {
    await client.end().catch(() => {}); // one that did not connect has ended already
  }
}

const notAuthorized = '28000';

function isOfEncryption(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code === notAuthorized;
  return (
    error instanceof Error &&
    /ssl|tls|certificate/i.test(`${'code' in error ? error.code : ''} ${error.message}`)
  );
}
