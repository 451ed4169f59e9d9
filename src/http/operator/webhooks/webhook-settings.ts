/** A webhook's settings from the wire to the store and back. */
import { readRange } from '../../../core/access/address-list.ts';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import { allowableFieldsOf } from '../../../core/updates/webhook-access.ts';
import { type WebhookType, webhookTypes } from '../../../core/updates/webhook-type.ts';
import type { Fault } from '../../../core/values/fault.ts';
import { makeSigningSecret } from '../../../core/verify/standard-webhooks.ts';
import type { Webhook, WebhookChanges } from '../../../store/store.ts';
import { definedOnly } from '../list-reader.ts';
import { readRepeats } from './webhook-repeats.ts';
import type { WebhookChangeBody, WebhookJson } from './webhook-schemas.ts';

/** Reads what is to be changed; what is left out stays. `madeSecret` is a signing secret that was made for it. */
export function readWebhookChanges(
  body: WebhookChangeBody,
  before: Pick<Webhook, 'type' | 'requiresSignature'>,
): { changes: WebhookChanges; madeSecret: string | null } | Rejection {
  const faults = [...faultsOfFields(body, before.type), ...faultsOfSecret(body)];
  const repeats = readRepeats(body.repeats, before.type, faults);
  if (faults.length > 0) return rejectFaults(faults);
  const isSecretWanted = body.signature_required === true && body.signing_secret === undefined;
  const madeSecret = isSecretWanted && !before.requiresSignature ? makeSigningSecret() : null;
  const changes = definedOnly({
    name: body.name?.trim(),
    matchWindowHours: body.match_window_hours,
    matchRule: body.match_rule,
    repeats,
    unmatched: body.unmatched,
    waitHours: body.wait_hours,
    allowedAddresses:
      body.allowed_addresses?.map((text) => readRange(text) ?? text) ?? body.allowed_addresses,
    rateLimitPerMinute: body.rate_limit_per_minute,
    allowedFields: body.allowed_fields,
    acceptsGet: body.accepts_get,
    isPaused: body.paused,
    signingSecret:
      body.signature_required === false ? null : (body.signing_secret ?? madeSecret ?? undefined),
  });
  return { changes, madeSecret };
}

function faultsOfFields({ allowed_fields: allowed }: WebhookChangeBody, type: WebhookType): Fault[] {
  const allowable = allowableFieldsOf(webhookTypes[type]);
  return (allowed ?? [])
    .filter((name) => !allowable.includes(name))
    .map((name) => ({
      field: 'allowed_fields',
      code: 'invalid_value',
      detail: `A webhook of type ${type} does not set ${name}: it takes ${allowable.join(', ')}.`,
    }));
}

function faultsOfSecret({
  signature_required: required,
  signing_secret: secret,
}: WebhookChangeBody): Fault[] {
  if (required !== false || secret === undefined) return [];
  const detail = 'Leave one of the two out: a signing secret, or signature_required false.';
  return [{ field: 'signing_secret', code: 'conflicting_field', detail }];
}

export function webhookToJson(webhook: Webhook): WebhookJson {
  return {
    id: webhook.webhookId,
    name: webhook.name,
    type: webhook.type,
    match_window_hours: webhook.matchWindowHours,
    match_rule: webhook.matchRule,
    repeats: webhook.repeats,
    unmatched: webhook.unmatched,
    wait_hours: webhook.waitHours,
    allowed_addresses: webhook.allowedAddresses,
    rate_limit_per_minute: webhook.rateLimitPerMinute,
    allowed_fields: webhook.allowedFields,
    accepts_get: webhook.acceptsGet,
    signature_required: webhook.requiresSignature,
    paused: webhook.isPaused,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
  };
}
