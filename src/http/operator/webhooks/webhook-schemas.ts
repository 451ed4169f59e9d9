import Type, { type Static, type TSchema } from 'typebox';
import type { MappingJson } from '../../../core/mapping/mapping.ts';
import { unreadableChoices } from '../../../core/mapping/on-unreadable.ts';
import { allowableFieldNames } from '../../../core/updates/fields/webhook-access.ts';
import { webhookTypeNames } from '../../../core/updates/fields/webhook-type.ts';
import { type Repeats, repeatPolicies, sameTransactionChoices } from '../../../core/updates/fold/repeats.ts';
import { unmatchedChoices } from '../../../core/updates/fold/wait.ts';
import { matchRules } from '../../../core/updates/postback.ts';
import { instant, nameText, nullable, oneOf } from '../value-schemas.ts';

const rateMax = 1_000_000;
const listItemsMax = 100;

/** A list with something in it, or null. */
function listOrNull<T extends TSchema>(items: T, options: object) {
  const size = { minItems: 1, maxItems: listItemsMax, uniqueItems: true };
  return Type.Unsafe<Static<T>[] | null>({ type: ['array', 'null'], items, ...size, ...options });
}

/** What a webhook lets in, as it is read and as it is set. */
const access = {
  allowed_addresses: listOrNull(Type.String({ format: 'address-range' }), {
    description: 'addresses and CIDR ranges that requests may come from; null: from anywhere',
    examples: [['203.0.113.7', '2001:db8::/32']],
  }),
  rate_limit_per_minute: nullable(
    Type.Integer({
      minimum: 1,
      maximum: rateMax,
      description: 'requests of a minute, a batch counting as one; null: as many as come',
    }),
  ),
  allowed_fields: listOrNull(oneOf(allowableFieldNames), {
    description: 'what postbacks may set; null: all that the type has',
    examples: [['revenue_paid_out', 'reason']],
  }),
  accepts_get: Type.Boolean({ description: 'false: POST only' }),
};

/** What postbacks do to values that a call already has. */
const repeats = Type.Unsafe<Repeats>({
  type: 'object',
  additionalProperties: { type: 'string', enum: [...repeatPolicies] },
  description:
    'by field, or `*` for all: `set` (default) overwrites, `keep` leaves what has a value, `add` sums amounts, `refuse` rejects another value',
  examples: [{ '*': 'keep', revenue_paid_out: 'add' }],
});
/** How a webhook reads its sender. Core checks mapping and scheme, and names every error by its pointer. */
const reading = {
  preset: nullable(
    Type.String({
      maxLength: 100,
      description: 'the name of a preset (GET /api/v1/presets): the platform that sends',
      examples: ['telnyx'],
    }),
  ),
  mapping: Type.Unsafe<MappingJson | null>({
    type: ['object', 'null'],
    description:
      'where each field is read from: a table of sources, words and formats (docs/mapping.md). On top of the preset’s, where there is one. null: by our own names',
    examples: [
      {
        fields: {
          call_log_id: 'click_id',
          revenue_paid_out: { from: 'payout', as: 'money', currency: '$' },
          converted: { from: 'status', words: { sold: true, returned: false }, else: 'ignore' },
        },
      },
    ],
  }),
  verify: Type.Unsafe<unknown>({
    type: ['string', 'object', 'null'],
    description: `how a request proves its sender, in addition to the key: standard_webhooks, twilio, telnyx, plivo_v3, vonage_jwt, basic, or an object {"scheme":"hmac", …}. null: the scheme of the preset, if there are secrets`,
    examples: ['standard_webhooks', { scheme: 'hmac', header: 'X-Signature' }],
  }),
  on_unreadable: oneOf(unreadableChoices, {
    description:
      'what happens to a request that cannot be read: it is rejected, or kept in the log until the mapping is corrected (replay-kept)',
  }),
};

const sameTransaction = oneOf(sameTransactionChoices, {
  description:
    'another update under a known transaction_id: `refuse` (default) rejects it, `correct` replaces the earlier one with it',
});

export const webhookJson = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    type: oneOf(webhookTypeNames),
    match_window_hours: Type.Integer(),
    match_rule: oneOf(matchRules),
    repeats,
    unmatched: oneOf(unmatchedChoices),
    wait_hours: Type.Integer(),
    same_transaction: sameTransaction,
    ...access,
    ...reading,
    signature_required: Type.Boolean({
      description: 'true: requests must be signed, by the scheme in `verify` or by Standard Webhooks',
    }),
    paused: Type.Boolean(),
    created_at: instant,
    updated_at: instant,
  },
  { title: 'IncomingWebhook' },
);
export type WebhookJson = Static<typeof webhookJson>;

const madeSecret = { signing_secret: Type.String({ description: 'shown once, for the sender that signs' }) };
const keyMembers = {
  auth_key: Type.String({ description: 'shown this once; stored as a hash' }),
  url: Type.String({ description: 'ready to paste, key included' }),
};

export const webhookWithKeyJson = Type.Interface([webhookJson], {
  ...keyMembers,
  signing_secret: Type.Optional(madeSecret.signing_secret),
});
export const changedWebhookJson = Type.Interface([webhookJson], {
  signing_secret: Type.Optional(madeSecret.signing_secret),
});
export const rotatedWebhookJson = Type.Interface([webhookJson], {
  ...keyMembers,
  old_keys_expire_at: instant,
});
export const rotatedSecretJson = Type.Interface([webhookJson], {
  ...madeSecret,
  old_secret_expires_at: instant,
});

const optionalSettings = {
  match_window_hours: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2160, description: '1 hour to 90 days; 168 if left out' }),
  ),
  match_rule: Type.Optional(oneOf(matchRules, { description: 'latest if left out' })),
  repeats: Type.Optional(nullable(repeats)),
  unmatched: Type.Optional(
    oneOf(unmatchedChoices, {
      description:
        'what a postback gets that finds no call: 404, or 202 and its call later; refuse if left out',
    }),
  ),
  wait_hours: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2160,
      description: 'how long it waits for its call; 72 if left out',
    }),
  ),
  same_transaction: Type.Optional(sameTransaction),
  allowed_addresses: Type.Optional(access.allowed_addresses),
  rate_limit_per_minute: Type.Optional(access.rate_limit_per_minute),
  allowed_fields: Type.Optional(access.allowed_fields),
  accepts_get: Type.Optional(access.accepts_get),
  preset: Type.Optional(reading.preset),
  mapping: Type.Optional(reading.mapping),
  verify: Type.Optional(reading.verify),
  on_unreadable: Type.Optional(reading.on_unreadable),
  secrets: Type.Optional(
    listOrNull(Type.String({ minLength: 1, maxLength: 4_000 }), {
      description:
        'write only: what `verify` checks with. Several are valid at once, for a rotation; null: requests are not checked',
    }),
  ),
  signature_required: Type.Optional(
    Type.Boolean({ description: 'true makes a signing secret where there is none; false removes it' }),
  ),
  signing_secret: Type.Optional(
    Type.String({ format: 'signing-secret', description: 'write only: one that the sender made' }),
  ),
};

export const webhookBody = Type.Object(
  { name: nameText, type: oneOf(webhookTypeNames), ...optionalSettings },
  { additionalProperties: false },
);
export type WebhookBody = Static<typeof webhookBody>;

export const webhookChangeBody = Type.Object(
  { name: Type.Optional(nameText), ...optionalSettings, paused: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
export type WebhookChangeBody = Static<typeof webhookChangeBody>;

const graceHours = Type.Number({ minimum: 0, maximum: 8760, description: '24 if left out' });

export const rotateBody = Type.Object(
  { grace_hours: Type.Optional(graceHours) },
  { additionalProperties: false },
);

export const rotateSecretBody = Type.Object(
  { grace_hours: Type.Optional(graceHours), signing_secret: optionalSettings.signing_secret },
  { additionalProperties: false },
);
