/** A request to read the mapping with: one of the log, or one that was pasted. */
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import type { ExplainBody } from '../../../../../src/http/operator/webhooks/requests/explain-schemas.ts';
import { recordedRequestOf } from '../../postbacks/postback/recorded-request.ts';

type PastedRequest = NonNullable<ExplainBody['request']>;

/** A URL, a query or form, or JSON: what it is shows in how it begins. Null for text that is none of them. */
export function readPasted(text: string): PastedRequest | null {
  const pasted = text.trim();
  if (pasted === '') return null;
  if (/^[[{]/.test(pasted)) {
    try {
      return { method: 'POST', body: JSON.parse(pasted) };
    } catch {
      return null;
    }
  }
  const [, query] = /^(?:[a-z]+\s+)?(?:https?:\/\/|\/)[^\s?]*\?(\S+)/i.exec(pasted) ?? [];
  if (query !== undefined) return { method: 'GET', query: query.split('#')[0] ?? '' };
  return /^[^\s=&]+=/.test(pasted) ? { method: 'POST', body: pasted.replace(/\s*\n\s*/g, '&') } : null;
}

/** Pointers of the lists of records in a body, the whole body as the empty text. */
export function listsIn(body: unknown, pointer = '', depth = 0): string[] {
  if (typeof body !== 'object' || body === null || depth > depthMax) return [];
  if (Array.isArray(body)) return body.some(isRecord) ? [pointer] : [];
  return Object.entries(body).flatMap(([name, inner]) =>
    listsIn(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1),
  );
}
const depthMax = 4;

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a source says in a request of the log; for the words that a sender uses. */
export function textIn({ request }: Pick<PostbackJson, 'request'>, source: string): string | null {
  const recorded = recordedRequestOf(request);
  if (recorded === null) return null;
  const { body, query, headers } = recorded;
  if (source.startsWith('/')) return textOf(follow(body, source));
  const [, kind, name = ''] = /^(query|header)\.(.*)$/s.exec(source) ?? [];
  if (kind === 'header') return headers[name.toLowerCase()] ?? null;
  if (kind === 'query') return textOf(memberOf(query, name));
  return textOf(memberOf(body, source) ?? memberOf(query, source));
}

function follow(body: unknown, pointer: string): unknown {
  const names = pointer.slice(1).split('/');
  return names.reduce<unknown>(
    (value, name) => memberOf(value, name.replaceAll('~1', '/').replaceAll('~0', '~')),
    body,
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function textOf(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return ['string', 'number', 'boolean'].includes(typeof first) ? String(first) : null;
}
