/** What a request says, read with its webhook's mapping or, where there is none, by our own names. */

import {
  applyMapping,
  explainFaults,
  isOfAnotherKind,
  recordsOf,
} from '../../../core/mapping/apply/apply-mapping.ts';
import type { Reading } from '../../../core/mapping/apply/read-row.ts';
import type { MappingRequest } from '../../../core/mapping/apply/request-values.ts';
import { type Decoded, decodePostback } from '../../../core/updates/decode/decode.ts';
import { type InputSource, readObject, readPairs } from '../../../core/updates/decode/input-source.ts';
import { faultsOfNested } from '../../../core/updates/decode/nested-names.ts';
import { type WebhookType, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import type { Fault } from '../../../core/values/fault.ts';
import { isJsonObject } from '../../../core/values/json/json.ts';
import { emptyTags } from '../../../core/values/tags.ts';
import type { KeyedWebhook } from '../../../store/store.ts';
import type { Body } from '../../server/body/body.ts';

/** What a mapping reads of a request beside its body. */
type ContentHead = Pick<MappingRequest, 'headers'> & { query: URLSearchParams };

/** One record: the whole body, unless `each` of the mapping selects parts of it. */
export type Content = ContentHead & {
  body: Body;
  /** the body that the record is a part of; null: the record is the body */
  envelope: unknown;
  /** a row of a file may have nothing to set */
  mayBeEmpty?: boolean;
};

export type ReadContent = {
  decoded: Decoded;
  /** the mapping’s `only_when` is not met */
  isIgnored: boolean;
  /** one for each row of the mapping */
  readings: Reading[];
  /** what was decoded */
  sources: InputSource[];
};

type Settings = Pick<KeyedWebhook, 'type' | 'mapping' | 'timeZone' | 'defaultCountry' | 'allowedFields'>;

/** @param repeatId the transaction id that a header gives, or null */
export function readContent(
  type: WebhookType,
  webhook: Settings,
  content: Content,
  repeatId: string | null,
  receivedAt: string,
): ReadContent {
  const { mapping } = webhook;
  const { timeZone, defaultCountry, allowedFields } = webhook;
  const mayBeEmpty = content.mayBeEmpty === true;
  const context = { timeZone, defaultCountry, allowedFields, receivedAt, mayBeEmpty };
  if (mapping === null || 'code' in mapping) {
    const sources = sourcesOf(type, content.body, content.query, repeatId);
    const decoded = decodePostback(sources, webhookTypes[type], context);
    if (decoded.ignored.length > 0) {
      const { body } = content;
      const sent = body.kind === 'json' ? Object.entries(body.payload) : (formOf(body) ?? []);
      decoded.faults = [...decoded.faults, ...faultsOfNested(sent, decoded.ignored, webhookTypes[type])];
    }
    return { decoded, isIgnored: false, readings: [], sources };
  }
  const { body, query, headers } = content;
  const request = { body: content.envelope ?? jsonOf(body), form: formOf(body), query, headers };
  const records = content.envelope === null ? recordsOf(mapping, jsonOf(body)) : [jsonOf(body)];
  if (!Array.isArray(records)) return isOfAnotherKind(mapping, request) ? ignored([]) : unreadable(records);
  const [record] = records;
  if (records.length !== 1) return unreadable(severalRecords(records.length));
  const isWhole = content.envelope !== null || mapping.each === null;
  if (!isWhole && !isJsonObject(record)) return unreadable(noRecord());
  const recordBody: Body = isWhole || !isJsonObject(record) ? body : { kind: 'json', payload: record };
  const sources = sourcesOf(type, recordBody, query, repeatId);
  const mapped = applyMapping(mapping, request, record, sources, context);
  if (mapped === null) return ignored(sources);
  const decoded = decodePostback(mapped.sources, webhookTypes[type], context);
  const faults = decoded.faults.length === 0 ? [] : explainFaults(decoded.faults, mapped.readings);
  return { decoded: { ...decoded, faults }, isIgnored: false, ...mapped };
}

/** The body first, then the query, then what a header says. */
function sourcesOf(
  type: WebhookType,
  body: Body,
  query: URLSearchParams,
  repeatId: string | null,
): InputSource[] {
  const row = webhookTypes[type];
  const sources = query.size > 0 ? [readPairs(query, row)] : [];
  if (body.kind === 'json') sources.unshift(readObject(body.payload, row));
  if (body.kind === 'form') sources.unshift(readPairs(body.pairs, row));
  if (repeatId !== null) sources.push(readPairs([['transaction_id', repeatId]], row));
  return sources;
}

/** What pointers read; undefined where there is none. */
export function jsonOf(body: Body): unknown {
  if (body.kind === 'list') return body.items;
  return body.kind === 'json' ? body.payload : undefined;
}

function formOf(body: Body): URLSearchParams | null {
  return body.kind === 'form' ? body.pairs : null;
}

function unreadable(fault: Fault): ReadContent {
  return { decoded: { ...nothingDecoded, faults: [fault] }, isIgnored: false, readings: [], sources: [] };
}

function ignored(sources: InputSource[]): ReadContent {
  return { decoded: nothingDecoded, isIgnored: true, readings: [], sources };
}

function severalRecords(count: number): Fault {
  const detail = `Send one record in one item: "each" of the mapping finds ${count}. Send several to the endpoint itself, not to its batch.`;
  return { field: null, code: 'invalid_value', detail };
}

function noRecord(): Fault {
  return { field: null, code: 'invalid_value', detail: 'Send each record as a JSON object.' };
}

/** What a request says that could not be read. */
export const nothingDecoded: Decoded = {
  target: null,
  update: { set: {}, add: emptyTags(), remove: [] },
  transactionId: null,
  isDryRun: false,
  answerForm: 'json',
  ignored: [],
  faults: [],
};
