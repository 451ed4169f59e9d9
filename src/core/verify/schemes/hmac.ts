/** HMAC over what the settings name: the scheme of most senders that sign at all. */
import { createHmac } from 'node:crypto';
import {
  headerOf,
  isSame,
  readUnixMs,
  rejectAge,
  type Scheme,
  type SignedRequest,
} from '../signed-request.ts';

export const hmacHashes = ['sha1', 'sha256', 'sha512'] as const;
export const hmacEncodings = ['hex', 'base64', 'base64url'] as const;

export type HmacSettings = {
  /** the header with the signature, in lower case */
  header: string;
  hash: (typeof hmacHashes)[number];
  encoding: (typeof hmacEncodings)[number];
  /** what precedes the signature in the header, such as `sha256=` or `v1=` */
  prefix: string;
  /** what is signed: text with `{body}`, `{timestamp}`, `{method}`, `{url}`, `{header.NAME}` */
  content: string;
  /** the header with the timestamp; null: `timestampPrefix` in the signature's header, or the header whose name ends in `timestamp` */
  timestampHeader: string | null;
  /** what precedes the timestamp in the header of the signature, such as `t=` */
  timestampPrefix: string;
  toleranceSeconds: number;
};

const placeholder = /\{(body|timestamp|method|url|header\.[\w-]+)\}/;
const signaturesMax = 20;

export const hmac: Scheme<HmacSettings> = {
  secret: 'the secret that the sender signs with',
  isSecret: (text) => text.trim() !== '',
  coversQuery: (_method, { content }) => content.includes('{url}'),
  check(request, secrets, nowMs, settings) {
    const { header, prefix, encoding, content, hash } = settings;
    const parts = headerOf(request, header).split(/[\s,;]+/);
    const presented = parts
      .filter((part) => part !== '' && part.startsWith(prefix))
      .slice(0, signaturesMax)
      .map((part) => Buffer.from(part.slice(prefix.length), encoding));
    if (presented.length === 0) {
      const form = prefix === '' ? '' : ` that begins with ${prefix}`;
      return `Sign the request: send the header ${header} with a signature${form}.`;
    }
    const timestamp = findTimestamp(request, parts, settings);
    if (content.includes('{timestamp}')) {
      const aged = rejectAge(readUnixMs(timestamp), nowMs, settings.toleranceSeconds, 'the timestamp');
      if (aged !== null) return aged;
    }
    const signed = content
      .split(placeholder)
      .map((part, index) => (index % 2 === 0 ? part : partOf(part, request, timestamp)));
    const isSigned = secrets.some((secret) => {
      const digest = createHmac(hash, secret);
      for (const part of signed) digest.update(part);
      const expected = digest.digest();
      return presented.some((one) => isSame(one, expected));
    });
    return isSigned
      ? null
      : `The signature in ${header} does not match: sign "${content}" with the secret of this webhook, by HMAC ${hash}, as ${encoding}.`;
  },
};

/** It is signed itself, so it may come from any place. */
function findTimestamp(
  request: SignedRequest,
  parts: readonly string[],
  { timestampHeader, timestampPrefix }: HmacSettings,
): string {
  if (timestampHeader !== null) return headerOf(request, timestampHeader);
  const beside = parts.find((part) => part.startsWith(timestampPrefix));
  if (beside !== undefined) return beside.slice(timestampPrefix.length);
  const name = Object.keys(request.headers).find((one) => one.endsWith('timestamp'));
  return name === undefined ? '' : headerOf(request, name);
}

function partOf(name: string, request: SignedRequest, timestamp: string): string | Uint8Array {
  if (name === 'body') return request.body;
  if (name === 'timestamp') return timestamp;
  if (name === 'method') return request.method;
  if (name === 'url') return request.url;
  return headerOf(request, name.slice('header.'.length).toLowerCase());
}
