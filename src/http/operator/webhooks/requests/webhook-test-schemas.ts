import Type, { type Static } from 'typebox';
import { oneOf, recordOf } from '../../value-schemas.ts';

export const webhookTestBody = Type.Object(
  {
    method: oneOf(['GET', 'POST']),
    query: Type.Optional(recordOf(Type.String(), { description: 'parameters of the URL, without a key' })),
    body: Type.Optional(Type.Object({}, { description: 'the JSON body of a POST' })),
    dry_run: Type.Optional(Type.Boolean({ description: 'tell what it would do, and do nothing' })),
  },
  { additionalProperties: false },
);
export type WebhookTestBody = Static<typeof webhookTestBody>;

export const webhookTestJson = Type.Object({
  status: Type.Integer({ description: 'of HTTP, as a sender would get it' }),
  answer: Type.Unknown({ description: 'the answer that a sender would get: an outcome or a problem' }),
});
export type WebhookTestJson = Static<typeof webhookTestJson>;
