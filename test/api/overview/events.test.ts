/** `GET /events`: clients hear of changes, whichever process makes them. */
import { expect, test } from 'vitest';
import { addAccount, withRole } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { openEvents } from '../../support/requests/event-stream.ts';
import { clients, leaveWhileWaiting } from '../../support/requests/leave.ts';
import { headOf } from '../../support/requests/raw-http.ts';
import { startTestServerOn, TestServer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer({}, 1);
const webhook = useWebhook(server);

/** A stream that has told that it is ready: what comes now happened after. */
async function openReady(on = server) {
  const stream = await openEvents(on);
  const ready = await stream.next();
  expect(ready?.event).toBe('ready');
  return { stream, id: ready?.id ?? '' };
}

test('a stream says what it is to browsers and to proxies', async () => {
  const { stream } = await openReady();
  expect(Object.fromEntries(stream.response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
});

test('a new call is an event of calls, not of postbacks', async () => {
  const { stream } = await openReady();
  await server.createCall('new-call', { state: 'live' });
  expect(await stream.next()).toMatchObject({ event: 'changed', resources: ['calls'] });
});

test('a postback that is applied changes postbacks and calls; one that is rejected, postbacks alone', async () => {
  await server.createCall('applied');
  const { stream } = await openReady();
  await server.post(webhook, { call_log_id: 'applied', revenue_paid_out: '1' });
  expect(await stream.next()).toMatchObject({ resources: ['calls', 'postbacks'] });
  await server.post(webhook, { call_log_id: 'missing', revenue_paid_out: '1' });
  expect(await stream.next()).toMatchObject({ resources: ['postbacks'] });
});

test('a change by hand, a queued update and the completion that applies it are events', async () => {
  await server.createCall('by-hand', { state: 'live' });
  const { stream } = await openReady();
  await server.api('PATCH', '/calls/by-hand', { reason: 'asked' });
  await stream.untilChanged('calls');
  await server.api('POST', '/calls/by-hand/complete');
  expect(await stream.untilChanged('postbacks')).toMatchObject({ resources: ['calls', 'postbacks'] });
});

test('changes of another process are events', async () => {
  const other = await startTestServerOn(server.database, {}, 1);
  const { stream } = await openReady();
  await other.createCall('elsewhere', { state: 'live' });
  expect(await stream.next()).toMatchObject({ resources: ['calls'] });
  await other.stop();
});

test('a client that connects again gets at once what it missed, on any process', async () => {
  const { stream, id } = await openReady();
  stream.close();
  await server.createCall('missed', { state: 'live' });
  const other = await startTestServerOn(server.database, {}, 1);
  const again = await openEvents(other, id);
  const missed = await again.next();
  expect(missed).toMatchObject({ event: 'changed', resources: ['calls'] });
  const third = await openEvents(other, missed?.id);
  expect(await third.next()).toEqual({ id: missed?.id, event: 'ready', resources: [] });
  await other.stop();
});

test.each(['', 'abc', '1.2.3', '../x', '-.-'])('a Last-Event-ID of %j is none', async (id) => {
  const stream = await openEvents(server, id);
  expect(await stream.next()).toMatchObject({ event: 'ready' });
});

test('a client gets the events of its account only', async () => {
  const { server: otherAccount } = await addAccount(server, 'stranger');
  const { stream: theirs, id } = await openReady(otherAccount);
  const { stream: ours } = await openReady();
  await server.createCall('ours');
  await ours.untilChanged('calls');
  theirs.close();
  const again = await openEvents(otherAccount, id);
  expect(await again.next()).toMatchObject({ id, event: 'ready' });
});

test('a revoked token gets no more events within seconds, also on another process; other tokens do', async () => {
  const other = await startTestServerOn(server.database, {}, 1);
  const asked = await withRole(server, 'analyst');
  const { stream: revoked } = await openReady(asked);
  const { stream: elsewhere } = await openReady(
    new TestServer(other.url, server.database, asked.token, other.stop),
  );
  const { stream: kept } = await openReady();
  const { items } = (await server.api('GET', '/tokens?limit=1')).json;
  const revokedAt = performance.now();
  expect((await server.api('DELETE', `/tokens/${items[0].id}`)).status).toBe(204);
  expect(await revoked.next()).toBeUndefined();
  expect(await elsewhere.next()).toBeUndefined();
  expect(performance.now() - revokedAt).toBeLessThan(10_000);
  await server.createCall('after the end');
  expect(await kept.untilChanged('calls')).toMatchObject({ event: 'changed' });
  await other.stop();
});

test('a browser that signs out gets no more events, and its token’s other sessions do', async () => {
  const signIn = async () => {
    const { headers } = await server.request('/api/v1/session', {
      method: 'POST',
      body: { token: server.token },
    });
    return headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const [leaving, staying] = [await signIn(), await signIn()];
  const left = await openEvents(server, undefined, { cookie: leaving });
  const stayed = await openEvents(server, undefined, { cookie: staying });
  expect(await left.next()).toMatchObject({ event: 'ready' });
  expect(await stayed.next()).toMatchObject({ event: 'ready' });
  const headers = { cookie: leaving, origin: server.url };
  expect((await server.request('/api/v1/session', { method: 'DELETE', headers })).status).toBe(204);
  expect(await left.next()).toBeUndefined();
  await server.createCall('after the sign-out');
  expect(await stayed.untilChanged('calls')).toMatchObject({ event: 'changed' });
});

test('an expired token gets no more events', async () => {
  const asked = await withRole(server, 'analyst', 'Expiring');
  const { stream } = await openReady(asked);
  await server.database.query(`update api_token set expires_at = now() where name like 'Expiring%'`);
  expect(await stream.next()).toBeUndefined();
});

test('without a token there is no stream', async () => {
  expectProblem(await server.request('/api/v1/events'), 401, 'invalid_token');
});

test('an account has 50 streams at once on a process, and the place of one that was closed is free', async () => {
  const { server: crowd } = await addAccount(server, 'crowd');
  const streams = await Promise.all(Array.from({ length: 50 }, () => openEvents(crowd)));
  expect(streams.map(({ response }) => response.status)).toEqual(streams.map(() => 200));
  const rejected = await crowd.api('GET', '/events');
  expectProblem(rejected, 429, 'rate_limited');
  expect(rejected.headers.get('retry-after')).toBe('1');
  streams[0]?.close();
  await expect.poll(async () => (await openEvents(crowd)).response.status).toBe(200);
});

test('the places of clients that left before they were known are free', async () => {
  const { server: hasty } = await addAccount(server, 'hasty');
  const head = headOf('GET /api/v1/events', { authorization: `Bearer ${hasty.token}` });
  for (let left = 0; left < 50; left += clients) await leaveWhileWaiting(hasty, head, 'api_token');
  expect((await openEvents(hasty)).response.status).toBe(200);
});

test('a server that stops ends its streams, and does so at once', async () => {
  const other = await startTestServerOn(server.database, {}, 1);
  const { stream } = await openReady(other);
  const startedAt = performance.now();
  await other.stop();
  expect(await stream.next()).toBeUndefined();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

test('a database that is away for a while ends no stream', async () => {
  const other = await startTestServerOn(server.database, {}, 1);
  const { stream } = await openReady(other);
  await server.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'ringback'`,
  );
  await expect
    .poll(async () => (await other.api('POST', '/calls', { call_log_id: 'after' })).status)
    .toBeLessThan(300);
  expect(await stream.untilChanged('calls')).toMatchObject({ event: 'changed' });
  await other.stop();
});
