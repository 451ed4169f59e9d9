/** A webhook as its row, as its owner sees it, and as its endpoint needs it. */
import type { Mapping, MappingJson } from '../../core/mapping/mapping.ts';
import type { OnUnreadable } from '../../core/mapping/on-unreadable.ts';
import type { Presets } from '../../core/mapping/preset.ts';
import { mappingOf, type SenderSettings, verifyOf } from '../../core/mapping/sender-settings.ts';
import type { AllowableField, WebhookAccess } from '../../core/updates/fields/webhook-access.ts';
import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import type { Repeats, SameTransaction } from '../../core/updates/fold/repeats.ts';
import type { Unmatched } from '../../core/updates/fold/wait.ts';
import type { MatchRule } from '../../core/updates/postback.ts';
import type { Rejection } from '../../core/updates/rejection.ts';
import type { Verify } from '../../core/verify/verify.ts';

export type WebhookSettings = WebhookAccess &
  SenderSettings & {
    name: string;
    type: WebhookType;
    matchWindowHours: number;
    matchRule: MatchRule;
    /** empty: every field is set */
    repeats: Repeats;
    /** what another update under a known transaction id does */
    sameTransaction: SameTransaction;
    unmatched: Unmatched;
    waitHours: number;
  };

export type Webhook = WebhookSettings & {
  webhookId: string;
  isPaused: boolean;
  requiresSignature: boolean;
  /** instants */
  createdAt: string;
  updatedAt: string;
};

/** Everything that reading a postback depends on, found by its key. */
export type KeyedWebhook = Omit<Webhook, 'preset' | 'mapping' | 'verify'> & {
  /** null: requests are read without one. A rejection: the settings do not fit any more */
  mapping: Mapping | Rejection | null;
  /** null: a request needs no signature */
  verify: Verify | null;
  accountId: string;
  timeZone: string;
  defaultCountry: string;
  /** changes with every change of the webhook or the account; see `readRevisions` */
  revision: string;
  /** instant after which the key is not valid, or null */
  keyExpiresAt: string | null;
  /** whose signatures are good, until an instant where there is one; none: signatures are not asked for */
  signingSecrets: { secret: string; expiresAt: string | null }[];
};

export type WebhookRow = {
  webhook_id: string;
  name: string;
  type: WebhookType;
  match_window_hours: number;
  match_rule: MatchRule;
  repeats: Repeats;
  same_transaction: SameTransaction;
  unmatched: Unmatched;
  wait_hours: number;
  allowed_addresses: string[] | null;
  rate_limit_per_minute: number | null;
  allowed_fields: AllowableField[] | null;
  accepts_get: boolean;
  preset: string | null;
  mapping: MappingJson | null;
  verify: unknown;
  on_unreadable: OnUnreadable;
  is_paused: boolean;
  requires_signature: boolean;
  created_at: string;
  updated_at: string;
};

/** Of a webhook, from a table or alias `w`; its secrets are not among them. */
export const webhookColumns = `w.webhook_id, w.name, w.type, w.match_window_hours, w.match_rule, w.unmatched, w.wait_hours, coalesce(w.repeats, '{}') as repeats, w.same_transaction, w.allowed_addresses,
  w.rate_limit_per_minute, w.allowed_fields, w.accepts_get, w.is_paused,
  w.preset, w.mapping, w.verify, w.on_unreadable,
  (w.signing_secret is not null or w.secrets is not null) as requires_signature, w.created_at, w.updated_at`;

export type KeyedRow = WebhookRow & {
  account_id: string;
  time_zone: string;
  default_country: string;
  revision: string;
  expires_at: string | null;
  signing_secret: string | null;
  previous_signing_secret: string | null;
  previous_secret_expires_at: string | null;
  secrets: string[] | null;
};

/** What an endpoint needs beside them, with the account as `a`. */
export const keyedColumns = `${webhookColumns}, w.account_id, a.time_zone, a.default_country,
  w.revision || '.' || a.revision as revision, w.signing_secret, w.previous_signing_secret, w.previous_secret_expires_at,
  w.secrets`;

export function webhookOf(row: WebhookRow): Webhook {
  return {
    webhookId: row.webhook_id,
    name: row.name,
    type: row.type,
    matchWindowHours: row.match_window_hours,
    matchRule: row.match_rule,
    repeats: row.repeats,
    sameTransaction: row.same_transaction,
    unmatched: row.unmatched,
    waitHours: row.wait_hours,
    allowedAddresses: row.allowed_addresses,
    rateLimitPerMinute: row.rate_limit_per_minute,
    allowedFields: row.allowed_fields,
    acceptsGet: row.accepts_get,
    preset: row.preset,
    mapping: row.mapping,
    verify: row.verify,
    onUnreadable: row.on_unreadable,
    isPaused: row.is_paused,
    requiresSignature: row.requires_signature,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function keyedWebhookOf(row: KeyedRow, presets: Presets): KeyedWebhook {
  const signingSecrets = [
    { secret: row.signing_secret, expiresAt: null },
    { secret: row.previous_signing_secret, expiresAt: row.previous_secret_expires_at },
    ...(row.secrets ?? []).map((secret) => ({ secret, expiresAt: null })),
  ].flatMap(({ secret, expiresAt }) => (secret === null ? [] : [{ secret, expiresAt }]));
  return {
    ...webhookOf(row),
    mapping: mappingOf(row.type, row, presets),
    verify: signingSecrets.length === 0 ? null : verifyOf(row, presets),
    accountId: row.account_id,
    timeZone: row.time_zone,
    defaultCountry: row.default_country,
    revision: row.revision,
    keyExpiresAt: row.expires_at,
    signingSecrets,
  };
}

/** What the audit log tells of a webhook, by the names of the wire. */
export function auditedOf(row: WebhookRow): Record<string, unknown> {
  const { webhook_id: _id, created_at: _made, updated_at: _changed, is_paused: paused, ...named } = row;
  const { requires_signature: signature_required, ...settings } = named;
  return { ...settings, signature_required, paused };
}
