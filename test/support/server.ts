/** A server in this process, on a separate database, with the requests that tests make. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import type { Config } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { startWorkers } from '../../src/workers.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type DeclaredAnswers, expectDeclared } from './declared-answers.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape and fail where it is another
  json: any;
};

/** Each takes seconds where the database is only busy. */
const busyTriesMax = 10;

export type TestWebhook = { id: string; auth_key: string; url: string };

export class TestServer {
  readonly url: string;
  readonly database: TestDatabase;
  readonly token: string;
  readonly stop: () => Promise<void>;
  /** What answers are compared with, of a server with other fields than this process knows. */
  description?: DeclaredAnswers;

  constructor(url: string, database: TestDatabase, token: string, stop: () => Promise<void>) {
    this.url = url;
    this.database = database;
    this.token = token;
    this.stop = stop;
  }

  /** Any request to the server; a body that is an object goes as JSON. */
  async request(path: string, init: Omit<RequestInit, 'body'> & { body?: unknown } = {}): Promise<Answer> {
    const { body, ...rest } = init;
    const headers = new Headers(init.headers);
    const isJson = body !== undefined && body !== null && Object.getPrototypeOf(body) === Object.prototype;
    if (isJson || Array.isArray(body)) {
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    }
    const response = await fetch(this.url + path, {
      ...rest,
      headers,
      ...(body !== undefined && {
        body:
          isJson || Array.isArray(body) ? JSON.stringify(body) : (body as NonNullable<RequestInit['body']>),
      }), // fetch's own kinds
    });
    const { status, headers: responseHeaders } = response;
    const text = await response.text();
    const isJsonAnswer = /[/+]json/.test(responseHeaders.get('content-type') ?? '');
    const json = isJsonAnswer && text !== '' ? JSON.parse(text) : undefined;
    const answer = { status, headers: responseHeaders, text, json };
    await expectDeclared(rest.method ?? 'GET', path, answer, this.description);
    return answer;
  }

  /** A request of the operator's side: `api('POST', '/calls', {…})`. */
  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}` };
    return this.request(`/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) });
  }

  async createWebhook(type = 'update_fields', settings: object = {}): Promise<TestWebhook> {
    const answer = await this.api('POST', '/webhooks/incoming', { name: `Test ${type}`, type, ...settings });
    return answer.json;
  }

  /** Makes a call and returns its JSON. Completed, unless said otherwise. Sent again while the database is busy. */
  async createCall(callLogId: string, fields: object = {}) {
    const event = { call_log_id: callLogId, state: 'completed', ...fields };
    for (let tries = 1; ; tries += 1) {
      const { status, json } = await this.api('POST', '/calls', event);
      if (status < 300) return json;
      if (status !== 503 || tries === busyTriesMax)
        throw new Error(`the call ${callLogId} was not made: ${JSON.stringify(json)}`);
    }
  }

  async readCall(callLogId: string) {
    return (await this.api('GET', `/calls/${encodeURIComponent(callLogId)}`)).json;
  }

  /** A JSON postback. The webhook's type decides the path. */
  async post(webhook: TestWebhook, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request(new URL(webhook.url).pathname, {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key, ...headers },
      body,
    });
  }

  /** A GET postback; parameters as pairs, so that names may repeat. */
  async get(
    webhook: TestWebhook,
    parameters: [string, string][],
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const query = new URLSearchParams([['auth_key', webhook.auth_key], ...parameters]);
    return this.request(`${new URL(webhook.url).pathname}?${query}`, { headers });
  }
}

let processesDefault = 1;

/** Servers of this file have so many processes, unless a test asks for another number. */
export function useProcesses(count: number): void {
  beforeAll(() => {
    processesDefault = count;
  });
  afterAll(() => {
    processesDefault = 1;
  });
}

/** A server on a fresh database for the tests of a file or `describe`; it runs from their first `beforeAll` on. */
export function useServer(settings: Partial<Config> = {}, processes?: number): TestServer {
  const server: TestServer = Object.create(TestServer.prototype);
  beforeAll(async () => {
    Object.assign(server, await startTestServer(settings, processes));
  });
  afterAll(() => server.stop());
  return server;
}

/** Another server on the same database. */
export function useServerBeside(server: TestServer, settings: Partial<Config> = {}): TestServer {
  const other: TestServer = Object.create(TestServer.prototype);
  beforeAll(async () => {
    Object.assign(other, await startTestServerOn(server.database, settings));
  });
  afterAll(() => other.stop());
  return other;
}

/** A webhook of that server, created before its tests. */
export function useWebhook(server: TestServer, type = 'update_fields', settings: object = {}): TestWebhook {
  const webhook: TestWebhook = { id: '', auth_key: '', url: '' };
  beforeAll(async () => {
    Object.assign(webhook, await server.createWebhook(type, settings));
  });
  return webhook;
}

/** Starts a server on a fresh database; `stop` ends both. */
export async function startTestServer(
  settings: Partial<Config> = {},
  processes?: number,
): Promise<TestServer> {
  const database = await createTestDatabase();
  const server = await startTestServerOn(database, settings, processes);
  const stop = async () => {
    await server.stop();
    await database.drop();
  };
  return new TestServer(server.url, database, server.token, stop);
}

/** Starts a server on a database that is there, which others may use too; `stop` ends the server alone. */
export async function startTestServerOn(
  database: TestDatabase,
  settings: Partial<Config> = {},
  processes = processesDefault,
): Promise<TestServer> {
  const dataDir = await makeTemporaryFolder();
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    databaseUrl: database.url,
    dataDir,
    adminToken: 'test-admin-token-0001',
    twilioAuthToken: 'test-twilio-token',
    liveCallHoursMax: null, // tests keep calls live as long as they need them
    trustedProxies: [],
    outgoingAllowedNetworks: ['127.0.0.0/8'], // receivers of tests
    retention: { bodies: null, postbacks: null, calls: null },
    openId: null,
    mail: null,
    passwordCost: { N: 16, r: 1, p: 1 }, // that of users takes 0.2 s
    logLevel: 'silent',
    logPostbacks: 'none',
    ...settings,
  };
  const log = createLog(config.logLevel);
  const server = processes > 1 ? await startWorkers(config, processes, log) : await startServer(config, log);
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return new TestServer(server.url, database, config.adminToken ?? '', stop);
}
