/** On Citus alone: `doctor` looks at the workers too. */
import { expect, inject, onTestFinished, test } from 'vitest';
import { databaseOf, runOn, withDatabase } from '../support/database/databases.ts';
import { createTestDatabase } from '../support/database.ts';
import { makeFolder, runRingback } from '../support/programs/process.ts';

async function examine(url: string): Promise<string> {
  const settings = { DATABASE_URL: url, DATA_DIR: await makeFolder(), PORT: '0' };
  const { stdout } = await runRingback(['doctor'], settings);
  return /^(?:ok|warn|FAIL) +workers .*(?:\n {20}.*)*/m.exec(stdout)?.[0].replaceAll(/\s+/g, ' ') ?? stdout;
}

test.skipIf(inject('citusWorkers').length === 0)(
  'doctor warns of limits on workers and of tables that are not distributed (skipped: no addresses of workers)',
  async () => {
    const { url, query, drop } = await createTestDatabase();
    onTestFinished(drop);
    const [worker = ''] = inject('citusWorkers').map((each) => withDatabase(each, databaseOf(url)));
    const name = databaseOf(url);
    expect(await examine(url)).toMatch(/^ok workers \S+:\d+, \S+:\d+$/);
    await runOn(worker, `alter database ${name} set lock_timeout = 0`);
    await runOn(worker, `alter database ${name} set statement_timeout = '5s'`);
    await query('create table made_by_hand (account_id uuid primary key)');
    // Sessions that are open have the settings of before.
    await query(`select run_command_on_workers('select 1')`);
    await expect
      .poll(() => examine(url))
      .toMatch(
        /^warn workers made_by_hand is on the coordinator alone .* statement_timeout of the database .* lock_timeout of the database is not 500 ms/,
      );
  },
);
