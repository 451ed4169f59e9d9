import { reasonOfJsonError } from '../../core/updates/decode/json-body.ts';

export type SendOptions = { post?: boolean; json?: string; key?: string };

/** A command line that makes no request; the message says what to write. */
export class UsageError extends Error {}

const keyNames = ['auth_key', 'moja_auth_key'];
const keyMask = '[key]';

/**
 * The request of a command line. `mask` takes its keys out of a text.
 * @throws UsageError
 */
export function makeRequest(
  urlText: string,
  parameters: string[],
  { post = false, json, key }: SendOptions,
): { request: Request; body: string; mask(text: string): string } {
  const url = readUrl(urlText);
  const pairs = parameters.map((text, at) => readPair(text, at + 1));
  // The command line wins over the URL, and an explicit key over one that a copied URL brings.
  const replaced = new Set([...pairs.map(([name]) => name), ...(key === undefined ? [] : keyNames)]);
  const keys = [key, ...keysOf(url.searchParams)];
  for (const name of replaced) url.searchParams.delete(name);
  const isForm = post && json === undefined;
  const form = new URLSearchParams();
  for (const [name, value] of pairs) (isForm ? form : url.searchParams).append(name, value);
  keys.push(...keysOf(url.searchParams), ...keysOf(form));

  const headers = new Headers({ 'user-agent': 'ringback-send', accept: 'application/json, */*' });
  if (key !== undefined) headers.set('x-auth-key', readHeader(key));
  if (json !== undefined) headers.set('content-type', 'application/json');
  const mask = masking(keys);
  const body = json === undefined ? (isForm ? form : null) : readJson(json, mask);
  const request = new Request(url, { method: body === null ? 'GET' : 'POST', headers, body });
  return { request, body: String(body ?? ''), mask };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('The URL must be a whole one, such as http://localhost:8080/update-fields.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('Leave user and password out of the URL: a webhook is opened by its key.');
  }
  url.hash = '';
  return url;
}

/** Its error does not repeat the text, which may be a key. */
function readPair(text: string, place: number): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`Write parameters as name=value: number ${place} after the URL is none.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function readHeader(key: string): string {
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new UsageError('The key may have neither spaces nor special characters.');
  return key;
}

function readJson(text: string, mask: (text: string) => string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new UsageError(mask(`The body is not valid JSON: ${reasonOfJsonError(error)}.`));
  }
  return text;
}

function keysOf(pairs: URLSearchParams): string[] {
  return keyNames.flatMap((name) => pairs.getAll(name));
}

/** Takes every key out of a text, as it is and as it is in a URL. */
function masking(keys: (string | undefined)[]): (text: string) => string {
  const known = keys.filter((key): key is string => key !== undefined && key !== '');
  const forms = known.flatMap((key) => [
    key,
    encodeURIComponent(key),
    String(new URLSearchParams({ k: key })).slice(2),
  ]);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, keyMask), text);
}
