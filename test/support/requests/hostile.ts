/** What tests of hostile requests share: after each of them, the server still takes a postback. */
import { afterEach, beforeAll, expect } from 'vitest';
import { type TestServer, type TestWebhook, useServer, useWebhook } from '../server.ts';
import { headOf, type RawAnswer, sendRaw } from './raw-http.ts';

export type Target = {
  server: TestServer;
  webhook: TestWebhook;
  /** the header with the webhook's key */
  key(): Record<string, string>;
  raw(
    requestLine: string,
    headers?: Record<string, string | number>,
    ...body: (string | Uint8Array)[]
  ): Promise<RawAnswer | null>;
};

/** A server with a webhook and the call `CA1`. */
export function useTarget(): Target {
  const server = useServer();
  const webhook = useWebhook(server);
  beforeAll(() => server.createCall('CA1'));
  afterEach(async () => {
    const answer = await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'still well' });
    expect(answer.status).toBe(200);
  });
  const key = () => ({ 'x-auth-key': webhook.auth_key });
  return {
    ...{ server, webhook, key },
    raw: (requestLine, headers = {}, ...body) =>
      sendRaw(server.url, headOf(requestLine, { ...key(), ...headers }), ...body),
  };
}
