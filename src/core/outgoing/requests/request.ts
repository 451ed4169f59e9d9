/** What is sent for an event: settings and an event in, one HTTP request out. Pure. */
import type { Fault } from '../../values/fault.ts';
import type { EventJson } from '../events/event.ts';
import { faultOfJson, fillJson } from './json-template.ts';
import type { OutgoingRequest, RequestSettings } from './request-settings.ts';
import {
  EmptyMacro,
  escapeForm,
  escapeHeader,
  escapeXml,
  type Filling,
  faultsOfMacros,
  fillParameters,
  fillText,
  fillUrl,
} from './template.ts';

/** Connection and framing are ours, and so are the headers that receivers verify. */
const reservedHeaders =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|webhook-(id|timestamp|signature))$/i;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** @param timeZone IANA name. @returns `skipped`: why nothing is to be sent */
export function renderRequest(
  settings: RequestSettings,
  event: EventJson,
  timeZone: string,
): OutgoingRequest | { skipped: string } {
  const filling: Filling = { event, timeZone, empty: settings.empty };
  try {
    const headers = fillHeaders(settings.headers, filling);
    const url = fillUrl(settings.url, filling);
    const body = settings.format === 'event' ? JSON.stringify(event) : fillBody(settings, filling);
    if (body !== null && typeOf(headers) === null) headers['content-type'] = contentTypeOf(settings);
    return { method: settings.method, url, headers, body };
  } catch (error) {
    if (error instanceof EmptyMacro) return { skipped: error.message };
    throw error;
  }
}

/** Every fault of a template, by the setting that it is in. */
export function faultsOfRequest({ url, headers, body, format, method }: RequestSettings): Fault[] {
  const unknown = (field: string, text: string): Fault[] =>
    faultsOfMacros(text, field === 'url').map((detail) => ({ field, code: 'unknown_macro', detail }));
  const faults = unknown('url', url);
  for (const [name, value] of Object.entries(headers)) {
    const field = `headers.${name}`;
    faults.push(...unknown(field, value));
    if (!headerName.test(name) || reservedHeaders.test(name)) {
      const detail = 'Leave this header out: its name is not one that may be set.';
      faults.push({ field, code: 'invalid_value', detail });
    }
    if (/[\p{Cc}\p{Cs}]/u.test(value)) {
      faults.push({
        field,
        code: 'invalid_value',
        detail: 'Send one line of text without control characters and halves of characters.',
      });
    }
  }
  if (format === 'event') {
    if (method !== 'POST') {
      faults.push({
        field: 'method',
        code: 'invalid_value',
        detail: 'The format "event" is sent with POST.',
      });
    }
    if (body !== null) {
      const detail = 'Leave the body out: the format "event" has its own.';
      faults.push({ field: 'body', code: 'invalid_value', detail });
    }
    return faults;
  }
  if (body === null) return faults;
  if (method === 'GET') {
    const detail = 'Leave the body out, or send with POST: GET has none.';
    faults.push({ field: 'body', code: 'invalid_value', detail });
  }
  faults.push(...unknown('body', body));
  const fault = kindOf(typeOf(headers) ?? sniffType(body)) === 'json' ? faultOfJson(body) : null;
  if (fault !== null) faults.push({ field: 'body', code: 'invalid_value', detail: fault });
  return faults;
}

function fillHeaders(headers: Record<string, string>, filling: Filling): Record<string, string> {
  const filled = Object.entries(headers).map(([name, value]) => {
    const { text, isEmpty } = fillText(value, escapeHeader, filling);
    return { name, text: escapeHeader(text), isEmpty };
  });
  const kept = filled.filter(({ isEmpty }) => !(isEmpty && filling.empty === 'omit'));
  return Object.fromEntries(kept.map(({ name, text }) => [name.toLowerCase(), text]));
}

function fillBody({ body, headers }: RequestSettings, filling: Filling): string | null {
  if (body === null) return null;
  switch (kindOf(typeOf(headers) ?? sniffType(body))) {
    case 'json':
      return fillJson(body, filling);
    case 'form':
      return fillParameters(body, escapeForm, filling);
    case 'xml':
      return fillText(body, escapeXml, filling).text;
    case 'text':
      return fillText(body, (value) => value, filling).text;
  }
}

type BodyKind = 'json' | 'form' | 'xml' | 'text';

function kindOf(contentType: string): BodyKind {
  if (/[/+]json\b/i.test(contentType)) return 'json';
  if (/x-www-form-urlencoded/i.test(contentType)) return 'form';
  return /[/+](xml|html)\b/i.test(contentType) ? 'xml' : 'text';
}

function contentTypeOf({ format, body }: RequestSettings): string {
  return format === 'event' ? 'application/json' : sniffType(body ?? '');
}

function sniffType(body: string): string {
  return /^\s*[{["]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded';
}

function typeOf(headers: Record<string, string>): string | null {
  const [, type = null] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return type;
}
