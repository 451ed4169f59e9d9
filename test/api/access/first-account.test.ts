/** The account that runs the installation is a stored fact, whatever the clock says later. */
import { expect, test } from 'vitest';
import { addAccount } from '../../support/accounts.ts';
import { startTestServerOn, useServer } from '../../support/server.ts';

const server = useServer();

test('an account that is made after the clock was set back does not become the owner of the installation', async () => {
  const { server: later, accountId } = await addAccount(server, 'Later');
  await server.database.query(`update account set created_at = '1999-01-01' where account_id = $1`, [
    accountId,
  ]);
  expect((await later.api('GET', '/accounts')).status).toBe(403);
  expect((await server.api('GET', '/accounts')).json.items.map(({ name }: { name: string }) => name)).toEqual(
    ['Ringback', 'Later'],
  );
  const pages = [];
  for (let cursor = ''; ; ) {
    const { json } = await server.api('GET', `/accounts?limit=1${cursor}`);
    pages.push(json.items[0].name);
    if (json.next_cursor === null) break;
    cursor = `&cursor=${json.next_cursor}`;
  }
  expect(pages).toEqual(['Ringback', 'Later']);
  const again = await startTestServerOn(server.database);
  expect((await again.api('GET', '/account')).json.name).toBe('Ringback');
  expect((await again.api('GET', '/session')).json.permissions).toContain('manage_accounts');
  await again.stop();
});
