/** The names that calls are booked on, each once. */
import { beforeAll, describe, expect, test } from 'vitest';
import { listNames } from '../../../src/store/calls/list/call-names.ts';
import { openDb } from '../../../src/store/database/connections/db.ts';
import { addAccount } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';

const server = useServer();

beforeAll(async () => {
  const names = ['Roofing', 'Solar', 'roof repair', '50%_off', 'Äpfel', '<b>bold</b>', 'מקום'];
  for (const [at, campaign] of [...names, ...names].entries()) {
    await server.createCall(`C${at}`, {
      campaign,
      publisher: `P${at % 3}`,
      ...(at === 5 && { buyer: 'One' }),
    });
  }
  await server.createCall('without');
});

async function list(
  path: string,
  query: Record<string, string> = {},
): Promise<{ items: string[]; next_cursor: string | null }> {
  const answer = await server.api('GET', `${path}?${new URLSearchParams(query)}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
}

test('each name is listed once', async () => {
  expect(new Set((await list('/campaigns')).items)).toEqual(
    new Set(['Roofing', 'Solar', 'roof repair', '50%_off', 'Äpfel', '<b>bold</b>', 'מקום']),
  );
  expect(await list('/publishers')).toEqual({ items: ['P0', 'P1', 'P2'], next_cursor: null });
  expect(await list('/buyers')).toEqual({ items: ['One'], next_cursor: null });
});

test.each([
  ['roof', ['Roofing', 'roof repair']],
  ['ROOF', ['Roofing', 'roof repair']],
  ['%', ['50%_off']],
  ['<b>', ['<b>bold</b>']],
  ['מק', ['מקום']],
  ['nothing', []],
])('names that hold %j', async (q, names) => {
  const { items, next_cursor } = await list('/campaigns', { q });
  expect(items.toSorted()).toEqual(names.toSorted());
  expect(next_cursor).toBeNull();
});

test('pages hold each name once, in order', async () => {
  const { items: all } = await list('/campaigns');
  const read: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: string[]; next_cursor: string | null } = await list('/campaigns', {
      limit: '2',
      ...(cursor && { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(2);
    read.push(...page.items);
    cursor = page.next_cursor;
  }
  expect(read).toEqual(all);
});

test('an account sees its own names only', async () => {
  const { server: otherAccount } = await addAccount(server, 'stranger');
  expect((await otherAccount.api('GET', '/campaigns')).json).toEqual({ items: [], next_cursor: null });
});

test.each(['limit=0', 'cursor=x', `cursor=${Buffer.from('"\\u0000"').toString('base64url')}`, 'prefix=a'])(
  '%s is rejected',
  async (query) => {
    expect((await server.api('GET', `/campaigns?${query}`)).status).toBe(422);
  },
);

test('without a token there are no names', async () => {
  expectProblem(await server.request('/api/v1/campaigns'), 401, 'invalid_token');
});

describe('a page that has looked at enough names ends', () => {
  test('and its cursor looks on, to each name once', async () => {
    const db = openDb({ connectionString: server.database.url }, 1, () => {});
    const [account] = await server.database.query(
      'select account_id from account order by created_at limit 1',
    );
    const accountId = String(account?.['account_id']);
    const read: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page = await listNames(db, accountId, 'campaign', 'roof', 50, after, 2);
      read.push(...page.items);
      after = page.cursor;
      pages += 1;
    } while (after !== null);
    expect(read.toSorted()).toEqual(['Roofing', 'roof repair']);
    expect(pages).toBeGreaterThanOrEqual(3);
    await Promise.all([db.pool.end(), db.writer.end()]);
  });
});
