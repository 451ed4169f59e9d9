/** Payloads of the load as postbacks, for what measures the writer without the HTTP side: nothing is checked. */
import { hashSecret } from '../src/core/access/secret.ts';
import type { Postback } from '../src/core/updates/postback.ts';
import { makeOrderedId } from '../src/ordered-id.ts';
import type { Db } from '../src/store/database/connections/db.ts';
import { findWebhookByKey } from '../src/store/webhooks/webhook-keys.ts';
import type { KeyedWebhook } from '../src/store/webhooks/webhook-rows.ts';

/** @throws when the database has no such webhook */
export async function findWebhook(db: Db, authKey: string): Promise<KeyedWebhook> {
  const webhook = await findWebhookByKey(db, hashSecret(authKey), new Date().toISOString(), new Map());
  if (webhook === null) throw new Error('the webhook is not in the database');
  return webhook;
}

/** What the HTTP side would hand to the writer for this payload. */
export function makePostback(webhook: KeyedWebhook, payload: string): Postback {
  const { call_log_id: callLogId, add, transaction_id: transactionId, ...set } = JSON.parse(payload);
  const { accountId, webhookId, revision, matchWindowHours, matchRule } = webhook;
  return {
    accountId,
    postbackId: makeOrderedId(),
    receivedAt: new Date().toISOString(),
    sender: { webhookId, revision, matchWindowHours, matchRule },
    sourceIp: '127.0.0.1',
    request: `{"method":"POST","query":{},"headers":{"host":"127.0.0.1:8080","user-agent":"ringback-bench","content-type":"application/json","content-length":"${payload.length}"},"body":${payload}}`,
    target: { callLogId },
    update: { set, add, remove: [] },
    transactionId,
    isDryRun: false,
    ignored: [],
    rejection: null,
  };
}
