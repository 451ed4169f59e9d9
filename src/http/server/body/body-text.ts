/** Bytes of a body to text (docs/senders.md#encodings). */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { TextDecoder } from 'node:util';
import { reject } from '../../../core/updates/rejection.ts';
import { isPlaceholder } from '../../../core/values/text/placeholder.ts';
import { isFormType, isJsonText, jsonStartBytes, mediaTypeOf, multipartType } from './body.ts';
import { decodePairs, hasForeignBytes } from './encoded-text.ts';
import { readMultipart } from './multipart.ts';
import { UnreadableBody } from './unreadable-body.ts';

/**
 * The text of a body. Bytes that are not UTF-8 are rejected: read leniently, two ids could become one.
 * @throws UnreadableBody
 */
export function decodeText(bytes: Buffer, contentEncoding: string | undefined): string {
  rejectEncoded(contentEncoding);
  if (!isUtf8(bytes)) throw notUtf8();
  return bytes.toString();
}

function rejectEncoded(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity') return;
  const detail = 'Send the body as it is, without Content-Encoding.';
  throw new UnreadableBody(reject('unsupported_media_type', detail));
}

function notUtf8(): UnreadableBody {
  const detail = 'The body has bytes that are not UTF-8: send UTF-8, or declare the charset in Content-Type.';
  return new UnreadableBody(reject('malformed_body', detail));
}

/**
 * The text of a postback's body, in UTF-8 whatever it was sent in: a form in another charset and a multipart form become a
 * form that is percent-encoded in UTF-8.
 * @throws UnreadableBody
 */
export function decodeBody(bytes: Buffer, headers: IncomingHttpHeaders): string | Promise<string> {
  const contentType = headers['content-type'];
  const isForm = isFormType(contentType) && !isJsonText(bytes.toString('utf8', 0, jsonStartBytes));
  if (isForm && mediaTypeOf(contentType) === multipartType) {
    rejectEncoded(headers['content-encoding']);
    return decodeMultipart(bytes, contentType);
  }
  const decoder = decoderOf(contentType, bytes);
  if (decoder !== null) {
    rejectEncoded(headers['content-encoding']);
    return isForm ? decodePairs(bytes, decoder).toString() : decodeWith(decoder, bytes);
  }
  const text = decodeText(bytes, headers['content-encoding']);
  if (isForm && hasForeignPairs(text)) throw notUtf8();
  return text;
}

async function decodeMultipart(bytes: Buffer, contentType: string | undefined): Promise<string> {
  const pairs = await readMultipart(bytes, contentType ?? '', decoderOf(contentType)?.encoding);
  const isLossy = !isUtf8(bytes) && [...pairs].some((pair) => pair.some((text) => text.includes('\uFFFD')));
  if (isLossy) throw notUtf8();
  return pairs.toString();
}

/**
 * The bytes of a batch, in UTF-8 whatever charset its Content-Type declares. Without one they stay as sent.
 * @throws UnreadableBody
 */
export function toUtf8(bytes: Buffer, headers: IncomingHttpHeaders): Buffer {
  rejectEncoded(headers['content-encoding']);
  const decoder = decoderOf(headers['content-type'], bytes);
  return decoder === null ? bytes : Buffer.from(decodeWith(decoder, bytes));
}

/** True where a value has bytes that are not UTF-8. Of a macro, `%%call_id%%`, a percent sign may look like such a byte. */
export function hasForeignPairs(encoded: string): boolean {
  if (!hasForeignBytes(Buffer.from(encoded))) return false;
  return encoded.split('&').some((pair) => {
    if (!hasForeignBytes(Buffer.from(pair))) return false;
    const [entry] = new URLSearchParams(pair);
    return entry === undefined || !isPlaceholder(entry[1]);
  });
}

/**
 * The decoder of a charset that is declared and is not UTF-8.
 * @param bytes of a body; of `utf-16`, their first two tell the order
 */
export function decoderOf(contentType: string | undefined, bytes?: Buffer): TextDecoder | null {
  const declared = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? '')?.[1]?.toLowerCase();
  const isBigEndian = declared === 'utf-16' && bytes?.[0] === 0xfe && bytes[1] === 0xff;
  const charset = isBigEndian ? 'utf-16be' : declared;
  if (charset === undefined || ['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(charset)) return null;
  try {
    if (charset === 'x-user-defined') throw new RangeError('no charset that text is in');
    return new TextDecoder(charset, { fatal: true });
  } catch {
    const detail = `Send text in UTF-8: the charset "${charset.slice(0, 50)}" is not known.`;
    throw new UnreadableBody(reject('unsupported_media_type', detail));
  }
}

function decodeWith(decoder: TextDecoder, bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const detail = `The body is not in ${decoder.encoding}, which its Content-Type declares: declare what it is in.`;
    throw new UnreadableBody(reject('malformed_body', detail));
  }
}
