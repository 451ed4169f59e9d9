import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { type RecordedRequest, recordedRequestOf } from './recorded-request.ts';

/** In place of the key, which the log does not have. */
export const keyPlaceholder = 'YOUR_AUTH_KEY';

/** Headers of the transport, which are no part of the content. */
const leftOut = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'accept', 'user-agent'],
  ...['accept-language', 'keep-alive', 'origin', 'referer', 'cache-control', 'pragma', 'te', 'upgrade'],
]);
const leftOutBeginnings = ['sec-', 'x-forwarded-', 'forwarded', 'cf-', 'x-real-'];

/**
 * The request as a command for a shell, with a placeholder for the key; null for what came in a batch or file, or could
 * not be kept.
 * @param base where the server is, without a slash at the end
 */
export function curlOf({ request }: Pick<PostbackJson, 'request'>, base: string): string | null {
  const recorded = recordedRequestOf(request);
  if (recorded === null) return null;
  const { method, path, headers } = recorded;
  const lines = [`curl -sS -X ${method} ${quote(`${base}${path}?${queryText(recorded)}`)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!leftOut.has(name) && !leftOutBeginnings.some((begin) => name.startsWith(begin)))
      lines.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  const body = bodyText(recorded);
  if (body !== null) lines.push(`--data-raw ${quote(body)}`);
  return lines.join(' \\\n  ');
}

function queryText({ query }: RecordedRequest): string {
  const pairs = pairsOf(query);
  pairs.append('auth_key', keyPlaceholder);
  return pairs.toString();
}

function bodyText({ body, headers }: RecordedRequest): string | null {
  if (body === null) return null;
  if (typeof body === 'string') return body;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? pairsOf(body).toString() : JSON.stringify(body);
}

function pairsOf(names: object): URLSearchParams {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(names)) {
    for (const one of [value].flat()) pairs.append(name, String(one));
  }
  return pairs;
}

/** For any shell of a Unix: nothing within means anything but itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
