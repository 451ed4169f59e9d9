/** A kept request as it is read again: split where the mapping finds several records in it. */
import { recordsOf } from '../../core/mapping/apply-mapping.ts';
import { isJsonObject, parseStoredJson } from '../../core/values/json.ts';
import type { KeyedWebhook } from '../../store/store.ts';
import { type Content, jsonOf } from './read-content.ts';
import { type RecordedRequest, readRecord } from './recorded-request.ts';
import { envelopeOf } from './records.ts';

/** `record`: JSON text for the log, where it is a part of what was logged. */
export type RecordedContent = RecordedRequest & { record: string | null };

/** @returns null in place of what the log no longer has */
export function readRecordedContents(request: string, webhook: KeyedWebhook): (RecordedContent | null)[] {
  const recorded = readRecord(request);
  if (recorded === null) return [null];
  const { mapping } = webhook;
  const whole = [{ ...recorded, record: null }];
  const isSplit =
    mapping !== null && !('code' in mapping) && mapping.each !== null && recorded.envelope === null;
  const records = isSplit ? recordsOf(mapping, jsonOf(recorded.body)) : null;
  if (!Array.isArray(records) || records.length < 2) return whole;
  const stored = parseStoredJson(request);
  const envelope = envelopeOf(webhook, recorded.body);
  return records.map((record, index) => ({
    ...recorded,
    body: isJsonObject(record) ? { kind: 'json', payload: record } : { kind: 'list', items: [record] },
    envelope,
    record: JSON.stringify({ ...(isJsonObject(stored) && stored), index, envelope, body: record }),
  }));
}

export function contentOf({ body, query, headers, envelope }: RecordedContent): Content {
  return { body, query, headers, envelope };
}
