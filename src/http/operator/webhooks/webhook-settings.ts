/** A webhook's settings from the wire to the store and back. */
import { readRange } from '../../../core/access/address-list.ts';
import type { Presets } from '../../../core/mapping/preset.ts';
import { readMappingSettings } from '../../../core/mapping/sender-settings.ts';
import { allowableFieldsOf } from '../../../core/updates/fields/webhook-access.ts';
import { type WebhookType, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import type { Fault } from '../../../core/values/fault.ts';
import { readVerify } from '../../../core/verify/read-verify.ts';
import { makeSigningSecret } from '../../../core/verify/schemes/standard-webhooks.ts';
import { rejectSecret } from '../../../core/verify/verify.ts';
import type { Webhook, WebhookChanges } from '../../../store/store.ts';
import { definedOnly } from '../list-reader.ts';
import { readRepeats } from './webhook-repeats.ts';
import type { WebhookChangeBody, WebhookJson } from './webhook-schemas.ts';

/** What a change depends on. */
type Before = Pick<Webhook, 'type' | 'requiresSignature' | 'preset' | 'mapping' | 'verify'>;

/** `madeSecret` is a signing secret that was made for it. */
export type ReadChanges = { changes: WebhookChanges; madeSecret: string | null };

/** Reads what is to be changed; what is left out stays. */
export function readWebhookChanges(
  body: WebhookChangeBody,
  before: Before,
  presets: Presets,
): ReadChanges | Rejection {
  const faults = [
    ...faultsOfFields(body, before.type),
    ...faultsOfSecret(body),
    ...faultsOfMapping(body, before, presets),
    ...faultsOfVerify(body, before, presets),
  ];
  const repeats = readRepeats(body.repeats, before.type, faults);
  if (faults.length > 0) return rejectFaults(faults);
  const isSecretWanted = body.signature_required === true && body.signing_secret === undefined;
  const madeSecret = isSecretWanted && !before.requiresSignature ? makeSigningSecret() : null;
  const changes = definedOnly({
    name: body.name?.trim(),
    matchWindowHours: body.match_window_hours,
    matchRule: body.match_rule,
    repeats,
    sameTransaction: body.same_transaction,
    unmatched: body.unmatched,
    waitHours: body.wait_hours,
    allowedAddresses:
      body.allowed_addresses?.map((text) => readRange(text) ?? text) ?? body.allowed_addresses,
    rateLimitPerMinute: body.rate_limit_per_minute,
    allowedFields: body.allowed_fields,
    acceptsGet: body.accepts_get,
    isPaused: body.paused,
    preset: body.preset,
    mapping: body.mapping && { ...body.mapping, fields: body.mapping.fields ?? {} }, // only each or only_when: no rows
    verify: body.verify,
    onUnreadable: body.on_unreadable,
    ...secretsOf(body, madeSecret),
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

/** Secrets that are set replace the signing secret, and none are left where signatures are not asked for. */
function secretsOf(
  { signature_required: required, signing_secret: signingSecret, secrets }: WebhookChangeBody,
  madeSecret: string | null,
): Pick<WebhookChanges, 'signingSecret' | 'secrets'> {
  if (required === false || secrets === null) return { signingSecret: null, secrets: null };
  if (secrets !== undefined) return { signingSecret: null, secrets };
  return definedOnly({ signingSecret: signingSecret ?? madeSecret ?? undefined });
}

/** The mapping is checked on top of the preset, whichever of the two is changed. */
function faultsOfMapping({ preset, mapping }: WebhookChangeBody, before: Before, presets: Presets): Fault[] {
  if (preset === undefined && mapping === undefined) return [];
  const settings = {
    preset: preset === undefined ? before.preset : preset,
    mapping: mapping === undefined ? before.mapping : mapping,
  };
  const read = readMappingSettings(before.type, settings, presets);
  return Array.isArray(read) ? read : [];
}

function faultsOfVerify(body: WebhookChangeBody, before: Before, presets: Presets): Fault[] {
  const { verify = before.verify, preset = before.preset, secrets } = body;
  if (body.verify === undefined && body.preset === undefined && secrets == null && !usesSigningSecret(body))
    return [];
  const fault = (field: string, detail: string): Fault => ({ field, code: 'invalid_value', detail });
  const named = verify ?? presets.get(preset ?? '')?.verify ?? 'standard_webhooks';
  const read = readVerify(named);
  if ('faults' in read) return read.faults.map(({ pointer, detail }) => fault(`verify${pointer}`, detail));
  const { scheme } = read.verify;
  if (usesSigningSecret(body) && scheme !== 'standard_webhooks') {
    return [fault('signing_secret', `Send "secrets": this webhook is checked by ${scheme}.`)];
  }
  const faults = (secrets ?? []).flatMap((secret, index) => {
    const detail = rejectSecret(scheme, secret);
    return detail === null ? [] : [fault(`secrets/${index}`, detail)];
  });
  const staysSigned = before.requiresSignature && secrets !== null && body.signature_required !== false;
  const isChecked = secrets != null || usesSigningSecret(body) || staysSigned;
  if (body.verify != null && !isChecked)
    faults.push(fault('secrets', `Send the secrets that ${scheme} checks with.`));
  return faults;
}

function usesSigningSecret({ signature_required, signing_secret }: WebhookChangeBody): boolean {
  return signature_required === true || signing_secret !== undefined;
}

export function webhookToJson(webhook: Webhook): WebhookJson {
  return {
    id: webhook.webhookId,
    name: webhook.name,
    type: webhook.type,
    match_window_hours: webhook.matchWindowHours,
    match_rule: webhook.matchRule,
    repeats: webhook.repeats,
    same_transaction: webhook.sameTransaction,
    unmatched: webhook.unmatched,
    wait_hours: webhook.waitHours,
    allowed_addresses: webhook.allowedAddresses,
    rate_limit_per_minute: webhook.rateLimitPerMinute,
    allowed_fields: webhook.allowedFields,
    accepts_get: webhook.acceptsGet,
    preset: webhook.preset,
    mapping: webhook.mapping,
    verify: webhook.verify,
    on_unreadable: webhook.onUnreadable,
    signature_required: webhook.requiresSignature,
    paused: webhook.isPaused,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
  };
}
