/** The query of a postback's URL, with what senders' software does to URLs undone (docs/senders.md#encodings). */
import { isKeyName, knownName } from '../../../core/updates/fields/field-names.ts';
import { webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import { withoutAmp } from '../../server/body/body.ts';
import { decoderOf, hasForeignPairs } from '../../server/body/body-text.ts';
import { decodePairs } from '../../server/body/encoded-text.ts';

export type Query = { pairs: URLSearchParams; fault: Rejection | null };

/**
 * @param url of the request
 * @param contentType its charset is that of the query where the bytes are not UTF-8
 */
export function readQuery(url: string, contentType: string | undefined): Query {
  const mark = url.indexOf('?');
  const text = mark === -1 ? '' : withoutSecondMark(url.slice(mark + 1));
  const isForeign = text.includes('%') && hasForeignPairs(text);
  if (!isForeign) {
    const pairs = new URLSearchParams(text);
    return {
      pairs: /(?:amp|%23x?0*(?:38|26))(?:;|%3b)/i.test(text) ? withoutAmp(pairs) : pairs,
      fault: null,
    };
  }
  const pairs = pairsInCharset(text, contentType);
  if (pairs !== null) return { pairs: withoutAmp(pairs), fault: null };
  const detail = 'The URL has bytes that are not UTF-8: percent-encode it in UTF-8.';
  return { pairs: withoutAmp(new URLSearchParams(text)), fault: reject('malformed_body', detail) };
}

/** Software that appends `?call_log_id=CA1` to any URL makes a second question mark; it means `&`. */
function withoutSecondMark(text: string): string {
  const [first = '', ...rest] = text.split('?');
  let [joined, before] = [first, first];
  for (const part of rest) {
    joined += `${isAppended(part, before) ? '&' : '?'}${part}`;
    before = part;
  }
  return joined;
}

function isAppended(part: string, before: string): boolean {
  const name = /^([^=&]+)=/.exec(part)?.[1];
  if (name === undefined) return false;
  const nameBefore = /(?:^|&)([^=&]*)=[^=&]*$/.exec(before)?.[1];
  // No key has a question mark in it.
  return isKnown(name) || (nameBefore !== undefined && isKeyName(nameBefore));
}

function isKnown(encodedName: string): boolean {
  const [[name = ''] = []] = [...new URLSearchParams(`${encodedName}=`)];
  const base = name.replace(/^(?:amp;)+/, '').replace(/[[.].*$/s, '');
  if (isKeyName(base) || base === 'fields') return true;
  return Object.values(webhookTypes).some((type) => knownName(base, false, type) !== undefined);
}

function pairsInCharset(text: string, contentType: string | undefined): URLSearchParams | null {
  try {
    const decoder = decoderOf(contentType);
    return decoder === null ? null : decodePairs(text, decoder);
  } catch {
    return null;
  }
}
