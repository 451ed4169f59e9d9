/**
 * Statements that Citus would not plan, found by their texts on any PostgreSQL: a subquery or join that takes the account
 * from another row, and a time that is taken where a row decides what is done with it.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { spreadTables } from '../../src/store/maintenance/distribute.ts';

const store = fileURLToPath(new URL('../../src/store/', import.meta.url));

/** The texts of a file that hold SQL, with what is put into them still as `${…}`. */
function textsOf(source: string): string[] {
  return [...source.matchAll(/`((?:[^`\\]|\\.)*)`/g)].map(([, text = '']) => text.replaceAll(/\s+/g, ' '));
}

/** Tables by their aliases in a file: texts are composed of several. */
function aliasesOf(source: string): Map<string, Set<string>> {
  const aliases = new Map<string, Set<string>>();
  const tables = source.matchAll(/\b(?:from|join|update|into|using)\s+([a-z_]+)\s+(?:as\s+)?([a-z]{1,2})\b/g);
  for (const [, table = '', alias = ''] of tables)
    aliases.set(alias, new Set([...(aliases.get(alias) ?? []), table]));
  return aliases;
}

/** What Citus would reject in a file, in words. */
function faultsOf(source: string): string[] {
  const aliases = aliasesOf(source);
  const isSmall = (alias: string) => {
    const tables = aliases.get(alias) ?? (alias.length > 2 ? [alias] : ['unknown']);
    return [...tables].every((table) => table !== 'unknown' && !spreadTables.includes(table));
  };
  return textsOf(source).flatMap((text) => [
    ...[...text.matchAll(/\b([a-z]+)\.account_id = ([a-z]+)\.account_id\b/g)]
      .filter(([, one = '', other = '']) => !isSmall(one) || !isSmall(other))
      .map(([found]) => `"${found}": compare the account with the parameter`),
    ...(/\bupdate [a-z_]+( [a-z])? set\b[^;]*clock_timestamp\(\)/.test(text)
      ? ['an update with clock_timestamp(): take statement_timestamp()']
      : []),
    ...(/\bupdate [a-z_]+( [a-z])? set\b(?:(?! from | where ).)*\bthen (?:statement_timestamp|now)\(\)/.test(
      text,
    )
      ? ['an update with a time in CASE: select it in FROM']
      : []),
    ...(/\bwith [a-z]+ as \( ?(?:insert into|[^)]*for (?:no key )?update)/.test(text)
      ? ['a CTE that inserts or locks: make it a statement of its own']
      : []),
  ]);
}

test('no statement takes the account of a spread table from another row, or a time where Citus cannot', () => {
  const files = globSync('**/*.ts', { cwd: store });
  expect(files.length).toBeGreaterThan(50);
  const faults = files.flatMap((file) =>
    faultsOf(readFileSync(store + file, 'utf8')).map((fault) => `${file}: ${fault}`),
  );
  expect(faults).toEqual([]);
});

test.each([
  ['from call c where exists (select from postback p where p.account_id = c.account_id)', 'parameter'],
  ['from account w join postback p on p.account_id = w.account_id', 'parameter'],
  ['update delivery d set finished_at = clock_timestamp() where d.account_id = $1', 'statement_timestamp'],
  ['update delivery d set a = case when $2 then statement_timestamp() end where true', 'FROM'],
  ['with due as (select from call c for no key update) select 1', 'of its own'],
])('%s is found', (text, fault) => {
  expect(faultsOf(`const text = \`${text}\`;`).join()).toContain(fault);
});

test('a join of small tables is not', () => {
  const text =
    'from incoming_webhook w join account a on a.account_id = w.account_id where w.account_id = $1';
  expect(faultsOf(`const text = \`${text}\`;`)).toEqual([]);
});
