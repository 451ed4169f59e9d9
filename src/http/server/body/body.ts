import type { IncomingHttpHeaders } from 'node:http';
import { type JsonBody, readJsonBody } from '../../../core/updates/decode/json-body.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';

/** What a body says: pairs of a form, a JSON payload, or nothing. */
export type Body = { kind: 'none' } | { kind: 'form'; pairs: URLSearchParams } | JsonBody;

export const bodyBytesMax = 64 * 1024;

const formType = 'application/x-www-form-urlencoded';
export const multipartType = 'multipart/form-data';
const jsonTypes = new Set(['application/json', 'text/json', 'text/plain', '']);

/** Also for types that say in their name that they are JSON, such as application/vnd.api+json. */
export function isJsonType(mediaType: string): boolean {
  return jsonTypes.has(mediaType) || /^application\/[\w.-]+\+json$/.test(mediaType);
}

/** True for the content types of forms. */
export function isFormType(contentType: string | undefined): boolean {
  const mediaType = mediaTypeOf(contentType);
  return mediaType === formType || mediaType === multipartType;
}

export function mediaTypeOf(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Enough for the blanks before it. */
export const jsonStartBytes = 100;

/** True for the beginning of an object, of a list of objects, or of a text that holds one: no form begins so. */
export function isJsonText(text: string): boolean {
  return /^\uFEFF?\s*(?:\{|\[\s*\{|"\s*(?:\{|\[\s*\{))/.test(text);
}

/** Reads the text of a body by its content type (docs/senders.md#encodings). */
export function readBody(text: string | undefined, contentType: string | undefined): Body | Rejection {
  if (text === undefined || text.trim() === '') return { kind: 'none' };
  if (isFormType(contentType)) return isJsonText(text) ? readJsonBody(text) : readForm(text);
  const mediaType = mediaTypeOf(contentType);
  if (/\bxml$/.test(mediaType)) return unsupportedMediaType(undefined, 'XML is not read here. ');
  if (!isJsonType(mediaType)) return unsupportedMediaType();
  return readJsonBody(text);
}

function readForm(text: string): Body | Rejection {
  const pairs = new URLSearchParams(text);
  const [[name = '', value = ''] = []] = pairs;
  // Some clients encode a JSON text as if it were the only name of a form.
  if (pairs.size === 1 && value === '' && isJsonText(name)) return readJsonBody(name);
  return { kind: 'form', pairs: withoutAmp(pairs) };
}

/** What is left of an `&` that HTML writes as `&amp;`, `&#38;`, `&#038;` or `&#x26;`. */
const entityRest = /^(?:(?:amp|#0*38|#x0*26);)+/i;

/** `&amp;converted=true`, copied out of HTML, is the parameter `converted`. */
export function withoutAmp(pairs: URLSearchParams): URLSearchParams {
  if (![...pairs.keys()].some((name) => entityRest.test(name))) return pairs;
  const renamed = new URLSearchParams();
  for (const [name, value] of pairs) renamed.append(name.replace(entityRest, ''), value);
  return renamed;
}

/**
 * @param wanted the content types that are understood
 * @param what was sent
 */
export function unsupportedMediaType(
  wanted = 'application/json or application/x-www-form-urlencoded',
  sent = '',
): Rejection {
  return reject('unsupported_media_type', `${sent}Send ${wanted}, with a matching Content-Type.`);
}

export function bodyTooLarge(): Rejection {
  return reject(
    'body_too_large',
    `Send at most ${bodyBytesMax} bytes in one request; for many updates use the batch.`,
  );
}

/** True for a request that comes with a body, whatever its method. */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}
