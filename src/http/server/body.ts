import { isUtf8 } from 'node:buffer';
import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { isJsonObject, parseJson } from '../../core/values/json.ts';

/** What a body says: pairs of a form, a JSON payload, or nothing. */
export type Body =
  | { kind: 'none' }
  | { kind: 'form'; pairs: URLSearchParams }
  | { kind: 'json'; payload: Record<string, unknown> }
  /** only a mapping with `each` can read it */
  | { kind: 'list'; items: unknown[] };

export const bodyBytesMax = 64 * 1024;

const jsonTypes = new Set(['application/json', 'text/json', 'text/plain', '']);

/** Also for types that say in their name that they are JSON, such as application/vnd.api+json. */
export function isJsonType(mediaType: string): boolean {
  return jsonTypes.has(mediaType) || /^application\/[\w.-]+\+json$/.test(mediaType);
}

/** Thrown for a body that is no text; carries the answer. */
export class UnreadableBody extends Error {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.detail);
    this.rejection = rejection;
  }
}

/**
 * The text of a body. Bytes that are not UTF-8 are rejected: read leniently, two ids could become one.
 * @throws UnreadableBody
 */
export function decodeText(bytes: Buffer, contentEncoding: string | undefined): string {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    const detail = 'Send the body as it is, without Content-Encoding.';
    throw new UnreadableBody(reject('unsupported_media_type', detail));
  }
  if (!isUtf8(bytes)) throw new UnreadableBody(reject('malformed_body', 'Send the body in UTF-8.'));
  return bytes.toString();
}

/** Reads the text of a body by its content type (docs/senders.md#encodings). */
export function readBody(text: string | undefined, contentType: string | undefined): Body | Rejection {
  if (text === undefined || text.trim() === '') return { kind: 'none' };
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/x-www-form-urlencoded')
    return { kind: 'form', pairs: new URLSearchParams(text) };
  if (!isJsonType(mediaType)) return unsupportedMediaType();
  return readJsonBody(text);
}

function readJsonBody(text: string): Body | Rejection {
  try {
    const payload = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    if (isJsonObject(payload)) return { kind: 'json', payload };
    if (Array.isArray(payload)) return { kind: 'list', items: payload };
    return notAnObject();
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it cannot be parsed';
    return reject('malformed_body', `The body is not valid JSON: ${reason}. Send one JSON object.`);
  }
}

/** Rejects a list, where only an object can be read. */
export function objectOnly(body: Body | Rejection): Exclude<Body, { kind: 'list' }> | Rejection {
  return 'kind' in body && body.kind === 'list' ? notAnObject() : body;
}

export function notAnObject(): Rejection {
  return reject('malformed_body', 'Send one JSON object, such as {"call_log_id":"CA1","converted":true}.');
}

/** @param wanted the content types that are understood */
export function unsupportedMediaType(
  wanted = 'application/json or application/x-www-form-urlencoded',
): Rejection {
  return reject('unsupported_media_type', `Send ${wanted}, with a matching Content-Type.`);
}

export function bodyTooLarge(): Rejection {
  return reject(
    'body_too_large',
    `Send at most ${bodyBytesMax} bytes in one request; for many updates use the batch.`,
  );
}
