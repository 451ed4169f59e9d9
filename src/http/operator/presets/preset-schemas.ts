import Type from 'typebox';
import type { MappingJson } from '../../../core/mapping/mapping.ts';
import { presetFamilies } from '../../../core/mapping/preset.ts';
import type { OutgoingPreset } from '../../../core/outgoing/preset.ts';
import { webhookTypeNames } from '../../../core/updates/fields/webhook-type.ts';
import { listOf, page } from '../list-schemas.ts';
import { oneOf, recordOf } from '../value-schemas.ts';

const presetJson = Type.Object(
  {
    name: Type.String({ description: 'what a webhook’s `preset` is set to', examples: ['telnyx'] }),
    title: Type.String({ description: 'the platform’s own name' }),
    family: oneOf(presetFamilies),
    type: oneOf(webhookTypeNames, { description: 'of the webhooks that can use it' }),
    verify: Type.Unsafe<unknown>({
      type: ['string', 'object', 'null'],
      description: 'how the platform proves its requests, once the webhook has `secrets`',
    }),
    notation: Type.String({
      description: 'how a macro looks there; empty if there are none',
      examples: ['[…]'],
    }),
    macros: recordOf(Type.String(), {
      description: 'the parameters to add to the URL of the webhook, with the macros of the platform',
      examples: [{ transaction_id: '[Call:InboundCallId]' }],
    }),
    mapping: Type.Unsafe<MappingJson>({ type: 'object', description: 'see docs/mapping.md' }),
    setup: Type.Array(Type.String(), {
      description: 'what to do at the platform; `{url}` is the URL of the webhook',
    }),
    docs: Type.Array(Type.String(), { description: 'where the platform documents its requests' }),
    unconfirmed: Type.Array(Type.String(), { description: 'what that documentation does not say' }),
  },
  { title: 'Preset' },
);

export const presetsJson = listOf(presetJson);

export const presetKinds = ['incoming', 'outgoing'] as const;
export const presetsQuery = Type.Object({
  ...page,
  kind: Type.Optional(oneOf(presetKinds, { description: 'of which webhooks; incoming if left out' })),
});

const text = Type.String();
export const outgoingPresetsJson = listOf(
  Type.Object({
    name: text,
    label: text,
    about: text,
    docs: Type.String({ description: 'where the receiver describes what it takes' }),
    variables: Type.Array(Type.Object({ name: text, label: text, example: text }), {
      description: 'what is sent in `values` when the webhook is made: {NAME} in the settings',
    }),
    settings: Type.Unsafe<OutgoingPreset['settings']>({
      type: 'object',
      description: 'of the webhook, where it does not say otherwise',
    }),
    example: Type.Object(
      {
        url: text,
        body: Type.Unsafe<unknown>({ description: 'the JSON; null for a request without one' }),
      },
      { description: 'what is sent for a made-up event' },
    ),
  }),
);
