import type { FastifyRequest } from 'fastify';
import { decodePostback } from '../../../../core/updates/decode/decode.ts';
import { type InputSource, readObject, readPairs } from '../../../../core/updates/decode/input-source.ts';
import { webhookTypes } from '../../../../core/updates/fields/webhook-type.ts';
import type { Postback } from '../../../../core/updates/postback.ts';
import { reject, rejectFaults } from '../../../../core/updates/rejection.ts';
import { isJsonObject, textOf } from '../../../../core/values/json/json.ts';
import { makeOrderedId } from '../../../../ordered-id.ts';
import type { Account } from '../../../../store/store.ts';
import { recordText } from '../../../postbacks/request/recorded-request.ts';

/** What an update of a sender may say, and a change by hand has no use for. */
const uselessNames = ['phone_number', 'transaction_id', 'return'];

/**
 * A change by hand is a postback that came through no webhook: the fields, rules and rejections of `update_fields`,
 * the same writer, the same fold. It names the call in the path.
 */
export function readCallChange(request: FastifyRequest, callLogId: string, account: Account): Postback {
  const type = webhookTypes.update_fields;
  const receivedAt = new Date().toISOString();
  const payload = isJsonObject(request.body) ? request.body : {};
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const sources = [pathSource(callLogId), readObject(payload, type), readPairs(query, type)];
  for (const source of sources.slice(1)) leaveOutUseless(source, callLogId);
  const { faults, ...decoded } = decodePostback(sources, type, { ...account, receivedAt });
  const isMalformed = request.body !== undefined && !isJsonObject(request.body);
  return {
    ...decoded,
    isDryRun: decoded.isDryRun || query.get('dry_run') === '',
    accountId: account.accountId,
    postbackId: makeOrderedId(),
    receivedAt,
    sender: { changedBy: request.owner.name },
    sourceIp: request.sourceIp,
    request: recordText({ method: request.method, body: payload }),
    transactionId: null,
    rejection: isMalformed
      ? reject('malformed_body', 'Send one JSON object.')
      : faults.length > 0
        ? rejectFaults(faults)
        : null,
  };
}

function pathSource(callLogId: string): InputSource {
  const given = { name: 'call_log_id', value: callLogId, isText: false, inFields: false };
  return { given: new Map([['call_log_id', [given]]]), ignored: [], faults: [] };
}

/** The id of another call in the body would be a mistake. Other fields without effect are listed in `ignored`. */
function leaveOutUseless(source: InputSource, callLogId: string): void {
  const ids = source.given.get('call_log_id') ?? [];
  if (ids.some(({ value }) => textOf(value) !== callLogId)) {
    const detail = 'The path names the call: leave "call_log_id" out.';
    source.faults.push({ field: 'call_log_id', code: 'conflicting_field', detail });
  }
  for (const name of uselessNames) if (source.given.delete(name)) source.ignored.push(name);
}
