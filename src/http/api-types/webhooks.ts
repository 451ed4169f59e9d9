import Type, { type Static } from 'typebox';
import { matchRules } from '../../core/postback.ts';
import { webhookTypeNames } from '../../core/webhook-type.ts';
import { instant, nameText, oneOf } from './values.ts';

export const webhookJson = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: oneOf(webhookTypeNames),
  match_window_hours: Type.Integer(),
  match_rule: oneOf(matchRules),
  paused: Type.Boolean(),
  created_at: instant,
  updated_at: instant,
});

const keyMembers = {
  auth_key: Type.String({ description: 'shown this once; stored as a hash' }),
  url: Type.String({ description: 'ready to paste, key included' }),
};

export const webhookWithKeyJson = Type.Interface([webhookJson], keyMembers);
export const rotatedWebhookJson = Type.Interface([webhookJson], {
  ...keyMembers,
  old_keys_expire_at: instant,
});

export type WebhookJson = Static<typeof webhookJson>;
const matchWindowHours = Type.Integer({
  minimum: 1,
  maximum: 2160,
  description: '1 hour to 90 days; 168 if left out',
});

const matchRule = oneOf(matchRules, { description: 'latest if left out' });
export const webhookBody = Type.Object(
  {
    name: nameText,
    type: oneOf(webhookTypeNames),
    match_window_hours: Type.Optional(matchWindowHours),
    match_rule: Type.Optional(matchRule),
  },
  { additionalProperties: false },
);

export const webhookChangeBody = Type.Object(
  {
    name: Type.Optional(nameText),
    match_window_hours: Type.Optional(matchWindowHours),
    match_rule: Type.Optional(matchRule),
    paused: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const rotateBody = Type.Object(
  { grace_hours: Type.Optional(Type.Number({ minimum: 0, maximum: 8760, description: '24 if left out' })) },
  { additionalProperties: false },
);
