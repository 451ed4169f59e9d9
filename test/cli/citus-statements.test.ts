/**
 * Statements that Citus would not plan, found by their texts on any PostgreSQL. Each kind was rejected by Citus once:
 * the messages are beside the rules.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listMigrations } from '../../src/store/database/migrate.ts';
import { spreadTables } from '../../src/store/maintenance/distribute.ts';
import { StoreTexts, unknownWhere } from '../support/store-texts.ts';

const spread = `(?:${spreadTables.join('|')})`;

/** What asks all shards on purpose, by what it begins with: figures and jobs of all accounts. They lock nothing. */
const ofAllAccounts = [
  'select * from (select count(*) as live_calls, min(started_at)', // the gauges of /metrics
  `select account_id, started_at, call_log_id from call where state = 'live' and started_at < $1`, // calls that never end
];

const noAlias = new Set(
  'where set on order limit group cross left join union for lateral using as'.split(' '),
);

/** The spread tables that a text reads or changes, by alias, as often as it does. */
function spreadUsed(text: string): string[] {
  const used = text.matchAll(
    new RegExp(`\\b(?:from|join|update|using) (${spread})\\b(?: as)?(?: ([a-z]+))?`, 'g'),
  );
  return [...used].map(([, table = '', alias = '']) => (alias === '' || noAlias.has(alias) ? table : alias));
}

/** Those that are not compared with the account of the parameter. */
function withoutAccount(text: string): string[] {
  const used = spreadUsed(text);
  const wheres = text.split(`where ${unknownWhere}`).length - 1;
  return [...new Set(used)].filter((alias) => {
    const isTable = spreadTables.includes(alias);
    const given = new RegExp(`(?<![\\w.])(?:${alias}\\.${isTable ? '|' : ''})account_id = \\$\\d`, 'g');
    const needed = used.filter((other) => other === alias).length;
    return (text.match(given) ?? []).length + wheres < needed;
  });
}

/** What is within the brackets that open behind a match. */
function bracketsBehind(text: string, opening: RegExp): string[] {
  return [...text.matchAll(opening)].map((match) => {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    for (; end < text.length && depth > 0; end += 1) depth += { '(': 1, ')': -1 }[text[end] ?? ''] ?? 0;
    return text.slice(start, end);
  });
}

/** An update or delete without what it selects from: that is calculated before. */
function changedBy(text: string): string {
  if (!/^(?:update|delete from) /.test(text)) return '';
  return bracketsBehind(text, /(?:\b(?:from|using|join)|,) (?:lateral )?\((?=\s?select)/g).reduce(
    (rest, part) => rest.replace(part, ''),
    text,
  );
}

const volatile = /\b(?:clock_timestamp|random|gen_random_uuid|uuidv7|nextval|pg_advisory_xact_lock)\(/;
const stable =
  /\b(?:jsonb?_(?:build_object|build_array|agg|object_agg|object)|to_jsonb?|row_to_json|array_to_json|to_char|date_trunc|date_part|concat|concat_ws|format|array_to_string|timezone|age|make_interval)\(|[+-] (?:interval\b|make_interval\()|[a-z_]+ [+-] (?:now|statement_timestamp)\(\)/;

type Rule = { fault: string; isBroken(text: string): boolean };

const rules: Rule[] = [
  {
    // "complex joins are only supported when all distributed tables are co-located and joined on their distribution columns",
    // "correlated subqueries are not supported when the FROM clause contains a reference table",
    // "could not run distributed query with FOR UPDATE/SHARE commands"
    fault: 'compare the account of each spread table with the parameter',
    isBroken: (text) =>
      withoutAccount(text).length > 0 && !ofAllAccounts.some((beginning) => text.startsWith(beginning)),
  },
  {
    // the same, beside a comparison with the parameter
    fault: 'compare no account of a spread table with that of another row',
    isBroken: (text) => {
      const used = spreadUsed(text);
      const compared = text.matchAll(/\b([a-z_]+)\.account_id = (?!\$)([a-z_]+)?/g);
      return [...compared].some(([, one = '', other = '']) => used.includes(one) || used.includes(other));
    },
  },
  {
    // "functions used in UPDATE queries on distributed tables must not be VOLATILE"
    fault: 'an update with clock_timestamp() or the like: take statement_timestamp()',
    isBroken: (text) => volatile.test(changedBy(text)),
  },
  {
    // "STABLE functions used in UPDATE queries cannot be called with column references"
    fault: 'an update that calculates with times or makes JSON: do it in FROM, or in a statement before',
    isBroken: (text) => stable.test(changedBy(text)),
  },
  {
    // "non-IMMUTABLE functions are not allowed in CASE or COALESCE statements"
    fault: 'an update with a time in CASE or COALESCE: select it in FROM',
    isBroken: (text) =>
      /\b(?:then|else|coalesce\([^()]*,) (?:statement_timestamp|now)\(\)/.test(changedBy(text)),
  },
  {
    // "could not create distributed plan", "could not run distributed query with FOR UPDATE/SHARE commands"
    fault: 'a CTE that writes or locks: make it a separate statement',
    isBroken: (text) =>
      bracketsBehind(text, /\bas (?:not )?(?:materialized )?\(/g).some((body) =>
        /^ ?(?:insert into|update|delete from) |\bfor (?:no key )?(?:update|share)\b/.test(body),
      ) && /\bwith\b/.test(text),
  },
  {
    // "cannot perform select on a distributed table and modify a reference table"
    fault: 'a change of a small table that reads a spread one: read it before',
    isBroken: (text) => {
      const [, table = ''] = /^(?:insert into|update|delete from) ([a-z_]+)/.exec(text) ?? [];
      return (
        table !== '' &&
        !spreadTables.includes(table) &&
        new RegExp(`\\b(?:from|join|using) ${spread}\\b`).test(text)
      );
    },
  },
  {
    // "cannot push down subquery on the target list", "could not create distributed plan"
    fault: 'an insert that reads a spread table: read it before',
    isBroken: (text) =>
      text.startsWith('insert into ') && new RegExp(`\\b(?:from|join|using) ${spread}\\b`).test(text),
  },
];

function faultsOf(text: string): string[] {
  return rules.filter(({ isBroken }) => isBroken(text)).map(({ fault }) => fault);
}

const store = StoreTexts.ofStore();

test('Citus plans every statement of the store', () => {
  const faults = store
    .list()
    .flatMap(({ file, text }) => faultsOf(text).map((fault) => `${file}: ${fault}:\n${text}`));
  expect([...new Set(faults)]).toEqual([]);
});

test('no statement of the store is out of sight of these rules, and each says in its text which table it is on', () => {
  const verbs = /\b(?:select|insert into|delete from|update [a-z_]+( [a-z])? set|copy [a-z$]+)\b/g;
  const { within, outside } = store.find(verbs);
  expect(outside).toEqual([]);
  expect(within).toBeGreaterThan(400);
  const unnamed = store
    .list()
    .filter(({ text }) => /\b(?:select\b.*\b(?:from|join)|update|insert into) …/.test(text));
  expect(unnamed.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
});

/** What "alter table" may not do on a distributed table; earlier migrations did. */
const lastUnchecked = 30;
const migrationFaults: [RegExp, string][] = [
  [
    /\badd column [^,;]*\b(?:check|unique|references|primary key)\b/,
    'add the constraint by itself, with a name',
  ],
  [
    /\balter table [^;]*\badd constraint [^;]*, (?:add|alter|drop) |,\s*add constraint /,
    'add a constraint in a statement of its own',
  ],
  [/\b(?:create trigger|create rule)\b/, 'do without triggers'],
];

const faultsOfMigration = (text: string) =>
  migrationFaults
    .filter(([pattern]) => pattern.test(text.replaceAll(/--.*/g, '').replaceAll(/\s+/g, ' ')))
    .map(([, fault]) => fault);

test('migrations run on distributed tables', () => {
  const folder = new URL('../../src/store/migrations/', import.meta.url);
  const faults = listMigrations()
    .filter(({ version }) => version > lastUnchecked)
    .flatMap(({ name }) =>
      faultsOfMigration(readFileSync(new URL(name, folder), 'utf8')).map((fault) => `${name}: ${fault}`),
    );
  expect(faults).toEqual([]);
  expect(faultsOfMigration(`alter table call add column a text check (a in ('b'))`)).toHaveLength(1);
  expect(faultsOfMigration('alter table call drop constraint a, add constraint b check (true)')).toHaveLength(
    1,
  );
});

const [parameter, otherRow] = [/spread table with the parameter/, /that of another row/];
const [volatileUpdate, stableUpdate] = [/statement_timestamp/, /calculates with times/];

test.each([
  ['select from call c where exists (select from postback p where p.account_id = c.account_id)', parameter],
  ['select from account w join postback p on p.account_id = w.account_id', otherRow],
  ['select from call where call_log_id = $1 for update', parameter],
  [
    'select from postback p left join call c on c.call_log_id = p.call_log_id where p.account_id = $1',
    parameter,
  ],
  ['delete from postback p using installation i where p.account_id = i.first_account_id', otherRow],
  [
    'update postback p set webhook_id = null where p.account_id = any (array(select id from account))',
    parameter,
  ],
  ['update delivery d set finished_at = clock_timestamp() where d.account_id = $1', volatileUpdate],
  [`update postback set queue_position = nextval('a') where account_id = $1`, volatileUpdate],
  [`update postback set at = at - interval '1 hour' where account_id = $1`, stableUpdate],
  [
    `update postback set request = json_build_object('method', request -> 'method') where account_id = $1`,
    stableUpdate,
  ],
  ['update delivery d set a = case when $2 then statement_timestamp() end where d.account_id = $1', /CASE/],
  [
    'with due as (select from call c where c.account_id = $1 for no key update) select 1',
    /separate statement/,
  ],
  [
    'with a as (select 1), made as (insert into call (account_id) values ($1) returning 1) select 1',
    /separate statement/,
  ],
  [
    'delete from auth_key where account_id = $1 and not exists (select from postback p where p.account_id = $1)',
    /small table/,
  ],
  [
    'insert into call_other_id select $1, id from unnest($2::text[]) as id where not exists (select from call_other_id o where o.account_id = $1)',
    /insert that reads/,
  ],
])('%s is found', (text, fault) => {
  const files = new Map([['a.ts', `const text = \`${text}\`;`]]);
  expect(
    new StoreTexts(files)
      .list()
      .flatMap((found) => faultsOf(found.text))
      .join(),
  ).toMatch(fault);
});

test('a statement is read with its constants, from any file of the store', () => {
  const files = new Map([
    [
      'calls/a.ts',
      `import { ofAccount } from "../b.ts";
       const done = (id: string) => "status = " + id;
       const text = \`select from call c where \${ofAccount} and \${done("$2")}\`;`,
    ],
    ['b.ts', 'export const ofAccount = `c.account_id = $1`;'],
  ]);
  const texts = new StoreTexts(files).list().map(({ text }) => text);
  expect(texts).toContain('select from call c where c.account_id = $1 and status = $2');
});

test.each([
  'select from incoming_webhook w join account a on a.account_id = w.account_id where w.account_id = $1',
  `update delivery d set at = t.at from (select statement_timestamp() - interval '1 s' as at) as t where d.account_id = $1`,
])('%s is not', (text) => {
  expect(faultsOf(text)).toEqual([]);
});
