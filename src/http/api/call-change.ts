import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { decodePostback } from '../../core/decode.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Postback } from '../../core/postback.ts';
import { refuse, refuseFaults } from '../../core/refusal.ts';
import { readObject, type Source } from '../../core/source.ts';
import { webhookTypes } from '../../core/webhook-type.ts';
import type { Account } from '../../store/store.ts';

/**
 * A change by hand is a postback that came through no webhook: the fields, rules and refusals of `update_fields`,
 * the same writer, the same fold. It names the call in the path.
 */
export function readCallChange(request: FastifyRequest, callLogId: string, account: Account): Postback {
  const type = webhookTypes.update_fields;
  const receivedAt = new Date().toISOString();
  const named = { name: 'call_log_id', value: callLogId, isText: false, inFields: false };
  const inPath: Source = { given: new Map([['call_log_id', [named]]]), ignored: [], faults: [] };
  const payload = isJsonObject(request.body) ? request.body : {};
  const { faults, ...decoded } = decodePostback([inPath, readObject(payload, type)], type, {
    ...account,
    receivedAt,
  });
  const malformed = isJsonObject(request.body) ? null : refuse('malformed_body', 'Send one JSON object.');
  return {
    ...decoded,
    accountId: account.accountId,
    postbackId: uuidv7(),
    receivedAt,
    sender: { changedBy: request.owner.name },
    sourceIp: request.ip,
    request: JSON.stringify({ method: request.method, body: payload }),
    transactionId: null,
    refusal: malformed ?? (faults.length > 0 ? refuseFaults(faults) : null),
  };
}
