/** `/healthz`, `/readyz`, `/metrics`, `/docs`, and paths and methods that there are not. */
import { describe, expect, test } from 'vitest';
import { DatabaseProxy } from '../support/database/database-proxy.ts';
import { createTestDatabase } from '../support/database.ts';
import { expectProblem } from '../support/problem.ts';
import { startTestServer, type TestServer, useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

/** The samples of a scrape by name and labels, as Prometheus writes them. */
async function scrape(from: TestServer): Promise<Map<string, number>> {
  const answer = await from.request('/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = answer.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('health', () => {
  test('needs no token', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect(await server.request(path)).toMatchObject({ status: 200, json: { status: 'ok' } });
    }
  });

  test('answers HEAD, which many monitors ask with', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect(await server.request(path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    }
  });

  test('the process lives while the database is away, but is not ready', async () => {
    const database = await createTestDatabase();
    const proxy = await DatabaseProxy.start(database.url);
    const cut = await startTestServer({ databaseUrl: proxy.url });
    try {
      expect((await cut.request('/readyz')).status).toBe(200);
      proxy.goDown();
      expect((await cut.request('/healthz')).status).toBe(200);
      const answer = await cut.request('/readyz');
      expectProblem(answer, 503, 'store_unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      const rejection = await cut.api('GET', '/calls');
      expectProblem(rejection, 503, 'store_unavailable');
      expect(Number(rejection.headers.get('retry-after'))).toBeGreaterThan(0);
      for (const path of ['/update-fields', '/update-fields/batch']) {
        const rejected = await cut.request(`${path}?auth_key=not-yet-seen`, { method: 'POST', body: [] });
        expectProblem(rejected, 503, 'store_unavailable');
      }
      const samples = await scrape(cut);
      expect(samples.get('ringback_postbacks_total{status="rejected",code="store_unavailable"}')).toBe(2);
      expect(samples.get('ringback_queue_depth')).toBe(0);
      expect(samples.has('ringback_live_calls')).toBe(false);
      proxy.comeBack();
      await expect.poll(async () => (await cut.request('/readyz')).status).toBe(200);
      expect((await scrape(cut)).get('ringback_live_calls')).toBe(0);
      expect((await scrape(cut)).get('ringback_database_up')).toBe(1);
    } finally {
      await cut.stop();
      await proxy.stop();
      await database.drop();
    }
  });

  test('a database that is not migrated is not ready', async () => {
    const half = await startTestServer();
    await half.database.query('update schema_version set version = version + 1000');
    const answer = await half.request('/readyz');
    await half.stop();
    expectProblem(answer, 503, 'store_unavailable');
  });
});

describe('metrics', () => {
  test('count postbacks by outcome', async () => {
    await server.createCall('C1');
    await server.createCall('C2', { state: 'live' });
    const before = await scrape(server);
    await server.post(webhook, { call_log_id: 'C1', reason: 'x', transaction_id: 't' });
    await server.post(webhook, { call_log_id: 'C1', reason: 'x', transaction_id: 't' });
    await server.post(webhook, { call_log_id: 'C1', reason: 'x' });
    await server.post(webhook, { call_log_id: 'C2', reason: 'x' });
    await server.post(webhook, { call_log_id: 'missing', reason: 'x' });
    await server.post(webhook, { call_log_id: 'C1', revenue_paid_out: 'x' });
    await server.post({ ...webhook, auth_key: 'wrong' }, { reason: 'x' });
    const after = await scrape(server);
    const counted = (status: string, code: string) => {
      const name = `ringback_postbacks_total{status="${status}",code="${code}"}`;
      return (after.get(name) ?? 0) - (before.get(name) ?? 0);
    };
    expect(counted('applied', '')).toBe(1);
    expect(counted('duplicate', '')).toBe(1);
    expect(counted('unchanged', '')).toBe(1);
    expect(counted('queued', '')).toBe(1);
    expect(counted('rejected', 'call_not_found')).toBe(1);
    expect(counted('rejected', 'invalid_value')).toBe(1);
    expect(counted('rejected', 'invalid_auth_key')).toBe(1);
  });

  test('tell the size and time of commits, and the depth of the queue', async () => {
    const before = await scrape(server);
    const sent = Array.from({ length: 30 }, () => server.post(webhook, { call_log_id: 'C1', reason: 'x' }));
    await Promise.all(sent);
    const after = await scrape(server);
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('ringback_batch_size_sum')).toBe(30);
    expect(grown('ringback_batch_size_count')).toBeGreaterThan(0);
    expect(grown('ringback_commit_seconds_count')).toBe(grown('ringback_batch_size_count'));
    expect(grown('ringback_commit_seconds_sum')).toBeGreaterThan(0);
    expect(after.get('ringback_queue_depth')).toBe(0);
    expect(grown('ringback_postback_seconds_count')).toBe(grown('ringback_batch_size_count'));
    expect(grown('ringback_postback_seconds_sum')).toBeGreaterThan(0);
  });

  test('tell of connections, and count the operator’s requests by status', async () => {
    const before = await scrape(server);
    await server.api('GET', '/account');
    await server.api('GET', '/calls/missing');
    const after = await scrape(server);
    for (const status of [200, 404]) {
      const name = `ringback_api_requests_total{status="${status}"}`;
      expect((after.get(name) ?? 0) - (before.get(name) ?? 0)).toBe(1);
    }
    expect(after.get('ringback_http_connections')).toBeGreaterThan(0);
    expect(after.get('ringback_database_up')).toBe(1);
    const connections = ['busy', 'idle'].map((state) =>
      after.get(`ringback_database_connections{pool="writer",state="${state}"}`),
    );
    expect(connections[0]).toBe(0);
    expect(connections[1]).toBeGreaterThan(0);
    expect(after.get('ringback_database_waiters{pool="reader"}')).toBe(0);
  });

  test('tell live calls and queued updates as they are at each scrape', async () => {
    const fresh = await startTestServer();
    const hook = await fresh.createWebhook();
    const waiting = async () => {
      const samples = await scrape(fresh);
      return [samples.get('ringback_live_calls'), samples.get('ringback_queued_updates')];
    };
    await fresh.createCall('A', { state: 'live' });
    await fresh.createCall('B', { state: 'live' });
    await fresh.createCall('C');
    for (const reason of ['x', 'y', 'z']) await fresh.post(hook, { call_log_id: 'A', reason });
    await fresh.post(hook, { call_log_id: 'B', reason: 'x', dry_run: true });
    expect(await waiting()).toEqual([2, 3]);
    const samples = await scrape(fresh);
    for (const oldest of ['live_call', 'queued_update']) {
      const seconds = samples.get(`ringback_oldest_${oldest}_seconds`);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(60);
    }
    await fresh.api('POST', '/calls/A/complete');
    expect(await waiting()).toEqual([1, 0]);
    await fresh.api('POST', '/calls/B/complete');
    expect(await waiting()).toEqual([0, 0]);
    await fresh.stop();
  });

  test('explain themselves, and tell of the process', async () => {
    const { text } = await server.request('/metrics');
    for (const name of [
      'postbacks_total',
      'batch_size',
      'commit_seconds',
      'queue_depth',
      'live_calls',
      'queued_updates',
    ]) {
      expect(text).toMatch(new RegExp(`^# HELP ringback_${name} [A-Z]`, 'm'));
      expect(text).toMatch(new RegExp(`^# TYPE ringback_${name} (counter|gauge|histogram)$`, 'm'));
    }
    expect(text).toContain('process_resident_memory_bytes');
  });
});

describe('the page of the documentation', () => {
  test('is small, takes nothing from elsewhere and runs no script', async () => {
    const page = await server.request('/docs', { headers: { 'accept-encoding': 'br' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-encoding')).toBe('br');
    expect(Number(page.headers.get('content-length'))).toBeLessThan(200_000);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
    expect(page.text).not.toMatch(/<script|\sstyle=|\son\w+=/);
    const sources = [...page.text.matchAll(/<link[^>]* href="([^"]+)"/g)].map(([, source = '']) => source);
    expect(sources).toEqual(['/favicon.svg', '/docs/docs.css']);
    expect((await server.request('/docs/docs.css')).headers.get('content-type')).toMatch(/^text\/css/);
  });

  test('has each operation with a command, and each schema', async () => {
    const { json } = await server.request('/openapi.json');
    const { text } = await server.request('/docs', { headers: { 'accept-encoding': 'identity' } });
    const methods = Object.values<Record<string, { operationId: string }>>(json.paths).flatMap(Object.values);
    for (const { operationId } of methods) expect(text).toContain(`<h3 id="${operationId}">`);
    expect(text.match(/<code>curl /g)).toHaveLength(methods.length);
    for (const name of Object.keys(json.components.schemas))
      expect(text).toContain(`<h3 id="schema-${name}">`);
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  });

  test.each(['senders', 'signatures', 'mapping', 'import', 'outgoing', 'operations'])(
    'has the guide %s, whose links lead somewhere',
    async (name) => {
      const { text, status } = await server.request(`/docs/${name}`);
      expect(status).toBe(200);
      expect(text).not.toContain('localhost:8080');
      const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href);
      for (const href of links.filter((one) => !one.startsWith('http'))) {
        if (href.startsWith('#')) expect(ids).toContain(decodeURIComponent(href.slice(1)));
        else if (href !== '/') expect((await server.request(href)).status, href).toBe(200);
      }
    },
  );
});

describe('what there is not', () => {
  test.each([
    '/nope',
    '/api/v1',
    '/api/v1/nope',
    '/api/v2/calls',
    '/update-field',
    '/update_fields',
    '/openapi.yaml',
    '/docs/nope',
  ])('GET %s is a 404 that says where to look', async (path) => {
    const answer = await server.request(path, { headers: { authorization: `Bearer ${server.token}` } });
    expectProblem(answer, 404, 'not_found');
    expect(answer.json.detail).toContain('/docs');
    expect(answer.json.detail).toContain('/update-fields, /update-revenue,');
  });

  test.each([
    ['PUT', '/api/v1/calls', 'GET, POST'],
    ['DELETE', '/api/v1/calls/any%2Fid', 'GET, PATCH'],
    ['POST', '/api/v1/calls/x/timeline', 'GET'],
    ['GET', '/api/v1/calls/x/complete', 'POST'],
    ['PUT', '/api/v1/webhooks/incoming/x', 'GET, PATCH, DELETE'],
    ['DELETE', '/api/v1/account', 'GET, PATCH'],
    ['POST', '/healthz', 'GET'],
    ['POST', '/openapi.json', 'GET'],
  ])('%s %s is a 405 that says what there is', async (method, path, allow) => {
    const headers = { authorization: `Bearer ${server.token}` };
    const answer = await server.request(path, { method, headers });
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('a path that is no text is a 404', async () => {
    expectProblem(await server.api('GET', '/calls/%ff'), 404, 'not_found');
  });
});
