/** Every route that /openapi.json describes as a stream of events: whom it serves, and until when. */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { addAccount, withRole } from '../support/accounts.ts';
import { type TestServer, useServer } from '../support/server.ts';

type Operation = { responses: Record<string, { content?: Record<string, unknown> }> };

const server = useServer({}, 1);
const secret = 'belongs-to-the-other-account';
/** Beyond what any account needs. */
const streamsMax = 100;
let paths: string[];

beforeAll(async () => {
  const document = (await server.request('/openapi.json')).json;
  paths = Object.entries(document.paths as Record<string, Record<string, Operation>>) // as the document is
    .filter(([, { get }]) => get?.responses['200']?.content?.['text/event-stream'] !== undefined)
    .map(([path]) => path.replace(/\{\w+\}/g, 'CA1'));
  await server.createCall('CA1');
  expect(paths.length).toBeGreaterThan(0);
});

class Stream {
  readonly response: Response;
  #text = '';
  #isEnded = false;

  constructor(response: Response) {
    this.response = response;
    void this.#read(response.body?.getReader());
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = (await reader?.read().catch(() => undefined)) ?? { done: true };
      if (done) break;
      this.#text += decoder.decode(value, { stream: true });
    }
    this.#isEnded = true;
  }

  get text(): string {
    return this.#text;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }
}

async function open(path: string, headers: Record<string, string>): Promise<Stream> {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  return new Stream(await fetch(server.url + path, { headers, signal: leaving.signal }));
}

const bearer = ({ token }: Pick<TestServer, 'token'>) => ({ authorization: `Bearer ${token}` });

async function signIn(asked: TestServer): Promise<Record<string, string>> {
  const { headers } = await server.request('/api/v1/session', {
    method: 'POST',
    body: { token: asked.token },
  });
  return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
}

describe('no stream', () => {
  test('is open without a token, with a wrong one, or with the key of a webhook', async () => {
    const webhook = await server.createWebhook();
    for (const path of paths) {
      for (const headers of [{}, bearer({ token: 'rbt_wrong' }), bearer({ token: webhook.auth_key })]) {
        const { response } = await open(path, headers);
        expect([path, response.status]).toEqual([path, 401]);
      }
      const { response } = await open(`${path}?auth_key=${webhook.auth_key}`, {
        'x-auth-key': webhook.auth_key,
      });
      expect([path, response.status]).toEqual([path, 401]);
    }
  });

  test('tells an account what another one does', async () => {
    const { server: other } = await addAccount(server, 'the other one');
    const { server: quiet } = await addAccount(server, 'the quiet one');
    const streams = await Promise.all(paths.map((path) => open(path, bearer(quiet))));
    const own = await Promise.all(paths.map((path) => open(path, bearer(other))));
    for (const { response } of streams) expect(response.status).toBe(200);
    await expect.poll(() => streams.every(({ text }) => text.includes('event:'))).toBe(true);
    const before = streams.map(({ text }) => text.match(/^event:/gm)?.length);
    await other.createCall(secret, { campaign: secret, tags: { [secret]: secret } });
    const webhook = await other.createWebhook();
    await other.post(webhook, { call_log_id: secret, reason: secret });
    await expect.poll(() => own.every(({ text }) => text.includes('changed'))).toBe(true);
    expect(streams.map(({ text }) => text.match(/^event:/gm)?.length)).toEqual(before);
    for (const { text } of streams) expect(text).not.toContain(secret);
  });

  test('outlives its token or its session', async () => {
    for (const path of paths) {
      const asked = await withRole(server, 'analyst');
      const byToken = await open(path, bearer(asked));
      const session = await signIn(asked);
      const bySession = await open(path, session);
      const kept = await open(path, bearer(server));
      for (const { response } of [byToken, bySession, kept]) expect(response.status).toBe(200);
      const headers = { ...session, origin: server.url };
      expect((await server.request('/api/v1/session', { method: 'DELETE', headers })).status).toBe(204);
      await expect.poll(() => bySession.isEnded).toBe(true);
      expect(byToken.isEnded).toBe(false);
      const { items } = (await server.api('GET', '/tokens?limit=1')).json;
      expect((await server.api('DELETE', `/tokens/${items[0].id}`)).status).toBe(204);
      await expect.poll(() => byToken.isEnded).toBe(true);
      expect(kept.isEnded).toBe(false);
    }
  });

  test('takes more than its account’s share, and none of another account’s', async () => {
    const { server: crowd } = await addAccount(server, 'crowd');
    for (const path of paths) {
      const statuses: number[] = [];
      while (statuses.at(-1) !== 429 && statuses.length <= streamsMax)
        statuses.push((await open(path, bearer(crowd))).response.status);
      expect([path, statuses.at(-1)]).toEqual([path, 429]);
      expect((await open(path, bearer(server))).response.status).toBe(200);
    }
  });
});
