/** One payload, sent in every way that a sender may send it. */
import type { Answer, TestServer, TestWebhook } from './server.ts';

export const encodings = [
  'GET',
  'POST application/json',
  'POST text/json',
  'POST text/plain',
  'POST without a content type',
  'POST application/x-www-form-urlencoded',
] as const;
export type Encoding = (typeof encodings)[number];

/** The encodings that know text only. */
export const textEncodings = ['GET', 'POST application/x-www-form-urlencoded'] as const;

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type Payload = Record<string, Json>;

/** Sends a payload; in the text encodings nested names become `name[inner]`, and of lists `name[]`. */
export async function sendAs(
  server: TestServer,
  webhook: TestWebhook,
  encoding: Encoding,
  payload: Payload,
): Promise<Answer> {
  const isText = encoding === 'GET' || encoding.endsWith('urlencoded');
  const text = isText ? new URLSearchParams(pairsOf(payload)).toString() : JSON.stringify(payload);
  return encoding === 'GET'
    ? server.request(`${pathOf(webhook)}?${text}`, { headers: { 'x-auth-key': webhook.auth_key } })
    : postText(server, webhook, text, encoding.slice('POST '.length));
}

/** Posts a body of exactly these characters; a type that is no media type sends none. */
export async function postText(
  server: TestServer,
  webhook: TestWebhook,
  body: string | Uint8Array,
  contentType = 'application/json',
  query = '',
): Promise<Answer> {
  return server.request(`${pathOf(webhook)}${query}`, {
    method: 'POST',
    headers: {
      'x-auth-key': webhook.auth_key,
      ...(contentType.includes('/') && { 'content-type': contentType }),
    },
    body: Buffer.from(body), // of a text, fetch would tell the type
  });
}

export function pathOf(webhook: TestWebhook): string {
  return new URL(webhook.url).pathname;
}

function pairsOf(payload: Payload, wrap = (name: string) => name): [string, string][] {
  return Object.entries(payload).flatMap(([name, value]): [string, string][] => {
    if (Array.isArray(value)) return value.map((item) => [`${wrap(name)}[]`, String(item)]);
    if (typeof value !== 'object' || value === null) return [[wrap(name), String(value)]];
    return pairsOf(value, (inner) => `${wrap(name)}[${inner}]`);
  });
}

/** Sends a postback for the call `C1` with this key. @returns the status and code of the response */
export async function sendWithKey(server: TestServer, key: string, path = '/update-fields'): Promise<string> {
  const answer = await server.request(path, {
    method: 'POST',
    headers: { 'x-auth-key': key },
    body: { call_log_id: 'C1', reason: 'Sold' },
  });
  return `${answer.status} ${answer.json.code ?? 'ok'}`;
}
