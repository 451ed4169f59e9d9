/** Saved views of the list of calls: shared by an account, kept from others, changed by operators, audited. */
import { beforeAll, describe, expect, test } from 'vitest';
import { addAccount, withRole } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type TestServer, useServer } from '../../support/server.ts';

const server = useServer();
let other: TestServer;

beforeAll(async () => {
  other = (await addAccount(server, 'Other')).server;
});

const query = { payout_status: 'held', period: 'last-week', sort: '-publisher_paid_out' };

async function save(name: string, on = server) {
  const answer = await on.api('POST', '/views', { name, query });
  expect(answer.status).toBe(201);
  return answer.json;
}

const namesOn = async (on: TestServer, path = '/views') =>
  (await on.api('GET', path)).json.items.map(({ name }: { name: string }) => name);

test('a view is saved, listed by name, renamed, changed and deleted', async () => {
  const view = await save(' Held last week ');
  expect(view).toMatchObject({ name: 'Held last week', query, created_by: expect.stringMatching(/\S/) });
  await save('all calls');
  expect(await namesOn(server)).toEqual(['all calls', 'Held last week']);
  const path = `/views/${view.id}`;
  const renamed = await server.api('PATCH', path, { name: 'Held' });
  expect(renamed.json).toMatchObject({ name: 'Held', query, created_by: view.created_by });
  const changed = await server.api('PATCH', path, { query: { state: 'live' } });
  expect(changed.json).toMatchObject({ name: 'Held', query: { state: 'live' } });
  expect((await server.api('GET', '/views')).json.items[1]).toEqual(changed.json);
  expect((await server.api('DELETE', path)).status).toBe(204);
  expect(await namesOn(server)).toEqual(['all calls']);
  expectProblem(await server.api('DELETE', path), 404, 'not_found');
  expectProblem(await server.api('PATCH', path, { name: 'x' }), 404, 'not_found');
});

test('the list is paged, each view once', async () => {
  const { server: own } = await addAccount(server, 'Paged');
  for (const name of ['c', 'B', 'a']) await save(name, own);
  const first = (await own.api('GET', '/views?limit=2')).json;
  expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['a', 'B']);
  expect(await namesOn(own, `/views?limit=2&cursor=${first.next_cursor}`)).toEqual(['c']);
});

test.each(['x', `${Buffer.from('"\\u0000"').toString('base64url')}`])(
  'a cursor that is none of the list is rejected: %s',
  async (cursor) => {
    expectProblem(await server.api('GET', `/views?cursor=${cursor}`), 422, 'invalid_value');
  },
);

test('two views of an account have different names, in whatever case', async () => {
  await save('Mine');
  const second = await save('Second');
  expectProblem(await server.api('POST', '/views', { name: 'MINE', query: {} }), 409, 'name_taken');
  expectProblem(await server.api('PATCH', `/views/${second.id}`, { name: 'mine' }), 409, 'name_taken');
  await save('Mine', other);
});

describe('a query that the list of calls would not take is rejected', () => {
  test.each([
    [{ state: 'dead' }, ['state']],
    [{ sort: 'tags' }, ['sort']],
    [{ period: '7d' }, ['period']],
    [{ from: 'yesterday' }, ['from']],
    [{ publisherr: 'x', converted: 'perhaps' }, ['publisherr', 'converted']],
    [{ period: 'today', from: '2026-11-01T00:00:00' }, ['period']],
  ])('%j', async (wrong, fields) => {
    const answer = await server.api('POST', '/views', { name: 'Wrong', query: wrong });
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });
});

test('every role sees the views, and operators change them', async () => {
  const view = await save('For all');
  const analyst = await withRole(server, 'analyst');
  expect(await namesOn(analyst)).toContain('For all');
  for (const [method, path] of [
    ['POST', '/views'],
    ['PATCH', `/views/${view.id}`],
    ['DELETE', `/views/${view.id}`],
  ] as const)
    expectProblem(await analyst.api(method, path, { name: 'x', query: {} }), 403, 'role_not_allowed');
  const operator = await withRole(server, 'operator');
  expect((await operator.api('DELETE', `/views/${view.id}`)).status).toBe(204);
});

test('another account neither sees nor changes a view', async () => {
  const view = await save('Ours alone');
  expect(await namesOn(other)).not.toContain('Ours alone');
  expectProblem(await other.api('PATCH', `/views/${view.id}`, { name: 'Theirs' }), 404, 'not_found');
  expectProblem(await other.api('DELETE', `/views/${view.id}`), 404, 'not_found');
  expect(await namesOn(server)).toContain('Ours alone');
});

test('the audit log has who saved, changed and deleted a view', async () => {
  const view = await save('Audited');
  await server.api('PATCH', `/views/${view.id}`, { name: 'Renamed' });
  await server.api('DELETE', `/views/${view.id}`);
  const { items } = (await server.api('GET', `/audit?target_id=${view.id}`)).json;
  expect(items).toMatchObject([
    { action: 'view.deleted', target_name: 'Renamed', changes: { query: { from: query, to: null } } },
    { action: 'view.changed', changes: { name: { from: 'Audited', to: 'Renamed' } } },
    { action: 'view.created', target_name: 'Audited', changes: { query: { from: null, to: query } } },
  ]);
});
