import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Role } from '../../src/core/access/role.ts';
import { hashSecret } from '../../src/core/access/secret.ts';
import { createAccount } from '../../src/store/access/accounts.ts';
import { TestServer } from './server.ts';

export type TestAccount = { accountId: string; server: TestServer };

/** A further account on a running server; its `server` speaks with the account's own token, and does not stop. */
export async function addAccount({ url, database }: TestServer, name: string): Promise<TestAccount> {
  const token = `token of ${name} `.replaceAll(' ', '-');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const accountId = await createAccount(client, name, hashSecret(token), new Date().toISOString());
  await client.end();
  return { accountId, server: new TestServer(url, database, token, async () => {}) };
}

/** The same server, asked with a new token of the same account. */
export async function withRole(server: TestServer, role: Role, name: string = role): Promise<TestServer> {
  const { json } = await server.api('POST', '/tokens', {
    name: `${name} ${randomBytes(3).toString('hex')}`,
    role,
  });
  return new TestServer(server.url, server.database, json.token, async () => {});
}
