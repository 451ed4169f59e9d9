import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Ended, runProcess } from '../support/programs/process.ts';
import { type TestWebhook, useServer } from '../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
});
function report(base: string, callLogId: string, leadId: string, revenue: string): Promise<Ended> {
  const url = `${base}/update-fields?auth_key=${webhook.auth_key}`;
  return runProcess(['examples/lead-system-post.ts', url, callLogId, leadId, revenue]);
}

type Forwarded = { status: number; text: string };

/** Something between sender and server that may spoil the nth request; `forward` asks the server itself. */
async function startSpoiler(
  answer: (nth: number, response: ServerResponse, forward: () => Promise<Forwarded>) => Promise<void>,
): Promise<{ base: string; arrivedAt: number[] }> {
  const arrivedAt: number[] = [];
  const spoiler = createServer(async (request: IncomingMessage, response) => {
    arrivedAt.push(performance.now());
    const nth = arrivedAt.length;
    const body = await buffer(request);
    const headers = { 'content-type': String(request.headers['content-type']) };
    await answer(nth, response, () =>
      server.request(String(request.url), { method: String(request.method), headers, body }),
    );
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void spoiler.close());
  await new Promise((resolve) => spoiler.once('listening', resolve));
  return { base: `http://127.0.0.1:${(spoiler.address() as AddressInfo).port}`, arrivedAt }; // a TCP server has a port
}

test('a sale is reported with its revenue, to the digit', async () => {
  await server.createCall('CA-sale');
  const { code, stdout } = await report(server.url, 'CA-sale', '4711', '48.5');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^200 .*"status":"applied"/);
  expect(await server.readCall('CA-sale')).toMatchObject({
    converted: true,
    revenue_paid_out: '48.50',
    tags: { lead_id: '4711' },
  });
});

test('after a 503 it waits for Retry-After, and tries again', async () => {
  await server.createCall('CA-busy');
  const { base, arrivedAt } = await startSpoiler(async (nth, response, forward) => {
    if (nth === 1) return void response.writeHead(503, { 'retry-after': '1' }).end('busy');
    const { status, text } = await forward();
    response.writeHead(status).end(text);
  });
  const { code, stdout, stderr } = await report(base, 'CA-busy', '1', '5');
  expect(code).toBe(0);
  expect(stderr).toContain('Trying again in 1 s');
  expect(stdout).toContain('"duplicate":false');
  const [first = 0, second = 0] = arrivedAt;
  expect(second - first).toBeGreaterThanOrEqual(990);
  expect(arrivedAt).toHaveLength(2);
});

test('a sale whose answer was lost is sent again and counts once', async () => {
  await server.createCall('CA-lost');
  const { base } = await startSpoiler(async (nth, response, forward) => {
    const { status, text } = await forward();
    if (nth === 1) response.destroy();
    else response.writeHead(status).end(text);
  });
  const { code, stdout } = await report(base, 'CA-lost', '2', '5');
  expect(code).toBe(0);
  expect(stdout).toContain('"duplicate":true');
  const { items } = (await server.api('GET', '/postbacks?call_log_id=CA-lost')).json;
  expect(items).toHaveLength(1);
});

test('a rejection is final', async () => {
  const { base, arrivedAt } = await startSpoiler(async (_nth, response, forward) => {
    const { status, text } = await forward();
    response.writeHead(status).end(text);
  });
  const { code, stdout } = await report(base, 'CA-missing', '3', '5');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^404 .*call_not_found/);
  expect(arrivedAt).toHaveLength(1);
});

test('it gives up after some tries, with exit code 1', async () => {
  const { base, arrivedAt } = await startSpoiler(async (_nth, response) => {
    response.writeHead(503, { 'retry-after': '0' }).end('busy');
  });
  const { code, stderr } = await report(base, 'CA-sale', '4', '5');
  expect(code).toBe(1);
  expect(stderr).toContain('Gave up after 5 tries: 503 busy');
  expect(arrivedAt).toHaveLength(5);
});
