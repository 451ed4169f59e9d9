import Type, { type Static } from 'typebox';
import { fieldTypes } from '../../../core/updates/fields/fields.ts';
import { webhookTypeNames } from '../../../core/updates/fields/webhook-type.ts';
import { oneOf } from '../value-schemas.ts';

const fieldJson = Type.Object(
  {
    name: Type.String({ description: 'as the API writes it' }),
    label: Type.String({ description: 'as people read it' }),
    help: Type.String(),
    example: Type.String(),
    type: oneOf(fieldTypes),
    choices: Type.Array(Type.String(), { description: 'the values of a `choice`; else empty' }),
    is_nullable: Type.Boolean({ description: 'whether null clears the field' }),
    completed_only: Type.Boolean({ description: 'whether only a completed call takes it' }),
    is_update: Type.Boolean({ description: 'whether a postback or a change by hand may set it' }),
    webhook_types: Type.Array(
      Type.Object({
        type: oneOf(webhookTypeNames),
        name: Type.String({ description: 'the name that this type prefers' }),
      }),
      { description: 'the types of incoming webhook that may set it' },
    ),
  },
  {
    title: 'Field',
  },
);
export type FieldJson = Static<typeof fieldJson>;

/** Without an item: linters take its members `type` and `example` for those of a schema. */
export const fieldsAnswer = Type.Object({ items: Type.Array(fieldJson) }, { examples: [{ items: [] }] });
