import { isJsonObject, parseJson } from '../../values/json/json.ts';
import { RepeatedName } from '../../values/json/json-names.ts';
import { type Rejection, reject } from '../rejection.ts';

export type JsonBody =
  | { kind: 'json'; payload: Record<string, unknown> }
  /** only a mapping with `each` can read it */
  | { kind: 'list'; items: unknown[] };

/** Reads an object or a list, also from a text that was encoded twice. */
export function readJsonBody(text: string): JsonBody | Rejection {
  try {
    const read = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    const unwrapped = typeof read === 'string' ? parseJson(read) : read;
    if (isJsonObject(unwrapped)) return { kind: 'json', payload: unwrapped };
    if (Array.isArray(unwrapped)) return { kind: 'list', items: unwrapped };
    return notAnObject();
  } catch (error) {
    return rejectJson(error);
  }
}

/** @param instead what else may be sent */
export function notAnObject(instead = ''): Rejection {
  const detail = 'Send one JSON object, such as {"call_log_id":"CA1","converted":true}.';
  return reject('malformed_body', `${detail}${instead}`);
}

/**
 * @param error what `parseJson` threw
 * @param howTo what to send
 */
export function rejectJson(error: unknown, howTo = 'Send one JSON object.'): Rejection {
  if (error instanceof RepeatedName) {
    const { member: field, message } = error;
    const detail = `${message}: send it once.`;
    return reject('conflicting_field', detail, [{ field, code: 'conflicting_field', detail }]);
  }
  return reject('malformed_body', `The body is not valid JSON: ${reasonOfJsonError(error)}. ${howTo}`);
}

export function reasonOfJsonError(error: unknown): string {
  return error instanceof SyntaxError ? error.message : 'it cannot be parsed';
}
