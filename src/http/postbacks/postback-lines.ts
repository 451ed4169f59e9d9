/** One line in the server's log for each postback, with the fields to search by, and never the key. */
import type { FastifyRequest } from 'fastify';
import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import type { Outcome, Postback } from '../../core/updates/postback.ts';
import type { RejectionCode } from '../../core/updates/rejection.ts';
import type { Log } from '../../log.ts';
import { instantOfId } from '../../ordered-id.ts';
import type { ReceivedRequest } from './request/received-request.ts';

export const lineChoices = ['all', 'rejected', 'none'] as const;
/** Which postbacks get a line. */
export type LineChoice = (typeof lineChoices)[number];

/** The request that brought the postback; the ids name what it was one of many in. */
export type RequestMetadata = {
  method: string;
  bytes: number | null;
  batchId?: string;
  importKey?: string | null;
};

/** Of a request that an operator made. */
export function metadataOf({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): RequestMetadata {
  return { method, bytes: bytesOf(headers) };
}

/** Of the body, as announced; null where nothing is. */
export function bytesOf({ 'content-length': length }: FastifyRequest['headers']): number | null {
  return length === undefined ? null : Number(length);
}

export class PostbackLines {
  readonly #log: Pick<Log, 'info'>;
  readonly #choice: LineChoice;

  constructor(log: Pick<Log, 'info'>, choice: LineChoice) {
    this.#log = log;
    this.#choice = choice;
  }

  write(metadata: RequestMetadata, type: WebhookType, postback: Postback, outcome: Outcome): void {
    if (this.#choice === 'none' || (this.#choice === 'rejected' && outcome.status !== 'rejected')) return;
    const { accountId, sender, isDryRun, sourceIp } = postback;
    this.#log.info(
      {
        postback_id: outcome.postbackId,
        account_id: accountId,
        webhook_id: 'webhookId' in sender ? sender.webhookId : undefined,
        type,
        method: metadata.method,
        status: outcome.status,
        code: outcome.rejection?.code,
        call_log_id: withoutKey(outcome.callLogId) ?? undefined,
        matched_by: outcome.matchedBy ?? undefined,
        duplicate: outcome.isDuplicate,
        dry_run: isDryRun,
        batch_id: metadata.batchId,
        import_key: metadata.importKey ?? undefined,
        ms: millisecondsSince(postback.postbackId),
        bytes: metadata.bytes ?? undefined,
        ip: sourceIp,
      },
      'postback',
    );
  }

  /** Of a request that is in no account's log, because its key opens nothing or the server could not take it. */
  writeUnknown(
    {
      postbackId,
      method,
      bytes,
      sourceIp,
      receivedAt,
    }: Pick<ReceivedRequest, 'postbackId' | 'method' | 'bytes' | 'sourceIp' | 'receivedAt'>,
    code: RejectionCode,
  ): void {
    if (this.#choice === 'none') return;
    const known = { postback_id: postbackId, method, status: 'rejected', code };
    const ms = Date.now() - Date.parse(receivedAt);
    this.#log.info({ ...known, ms, bytes: bytes ?? undefined, ip: sourceIp }, 'postback');
  }
}

/** The sender may have put its key where the id of the call belongs. */
function withoutKey(callLogId: string | null): string | null {
  return callLogId?.includes('rbk_') === true ? '[auth key]' : callLogId;
}

function millisecondsSince(postbackId: string): number {
  return Date.now() - Date.parse(instantOfId(postbackId));
}
