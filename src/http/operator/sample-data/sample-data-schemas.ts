import Type, { type Static } from 'typebox';
import { instant, nullable } from '../value-schemas.ts';

const sampleDataJson = Type.Object({
  webhook_id: Type.String({ description: 'of the incoming webhook that the sample postbacks came through' }),
  calls: Type.Integer(),
  created_at: instant,
});

export const loadedSampleJson = Type.Interface([sampleDataJson], {
  postbacks: Type.Integer({ description: 'sent through the webhook, the rejected ones included' }),
});

export const firstStepsJson = Type.Object({
  has_webhook: Type.Boolean({ description: 'an incoming webhook, beside that of the sample data' }),
  has_call: Type.Boolean({ description: 'a call, beside those of the sample data' }),
  has_postback: Type.Boolean({ description: 'a postback, beside those of the sample data' }),
  has_applied_postback: Type.Boolean({ description: 'one of the newest 1,000 changed or confirmed a call' }),
  may_load_sample_data: Type.Boolean({ description: 'there are neither calls nor outgoing webhooks' }),
  is_hidden: Type.Boolean({ description: 'the checklist is hidden for all people of the account' }),
  sample_data: nullable(sampleDataJson),
});
export const firstStepsBody = Type.Object(
  { is_hidden: Type.Boolean() },
  { additionalProperties: false, examples: [{ is_hidden: true }] },
);
export type FirstStepsJson = Static<typeof firstStepsJson>;
