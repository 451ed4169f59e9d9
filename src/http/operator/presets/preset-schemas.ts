import Type from 'typebox';
import type { MappingJson } from '../../../core/mapping/mapping.ts';
import { webhookTypeNames } from '../../../core/updates/webhook-type.ts';
import { oneOf } from '../value-schemas.ts';

const presetJson = Type.Object({
  name: Type.String({ description: 'what a webhook’s `preset` is set to', examples: ['telnyx'] }),
  title: Type.String({ description: 'the platform’s own name' }),
  type: oneOf(webhookTypeNames, { description: 'of the webhooks that can use it' }),
  verify: Type.Unsafe<unknown>({
    type: ['string', 'object', 'null'],
    description: 'how the platform proves its requests, once the webhook has `secrets`',
  }),
  mapping: Type.Unsafe<MappingJson>({ type: 'object', description: 'see docs/mapping.md' }),
});

export const presetsJson = Type.Object({ items: Type.Array(presetJson), next_cursor: Type.Null() });
