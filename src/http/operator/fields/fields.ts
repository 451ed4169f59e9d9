import type { FastifyInstance } from 'fastify';
import {
  eventFields,
  type Field,
  type UpdateFieldName,
  updateFields,
} from '../../../core/updates/fields/fields.ts';
import { webhookTypeNames, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { requirePermission } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { apiDocs } from '../route.ts';
import { type FieldJson, fieldsAnswer } from './field-schemas.ts';

/** Publishes the table of fields, from which clients make their forms, tables and URLs. */
export function registerFieldRoute(app: FastifyInstance): void {
  app.get(
    '/fields',
    {
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'List the fields of a call',
        response: { 200: fieldsAnswer, '4xx': problem },
      },
      ...requirePermission('read'),
    },
    async () => ({
      items: [
        ...Object.entries<Field>(updateFields).map(([name, field]) => fieldToJson(name, field, true)),
        ...Object.entries<Field>(eventFields).map(([name, field]) => fieldToJson(name, field, false)),
      ],
    }),
  );
}

function fieldToJson(name: string, field: Field, isUpdate: boolean): FieldJson {
  const { label, help, example, type, choices = [], isNullable, completedOnly = false } = field;
  return {
    ...{ name, label, help, example, type, choices: [...choices] },
    is_nullable: isNullable,
    completed_only: completedOnly,
    is_update: isUpdate,
    webhook_types: webhookTypeNames.flatMap((webhookType) => {
      const preferred = preferredName(webhookType, name);
      return preferred === null ? [] : [{ type: webhookType, name: preferred }];
    }),
  };
}

/** The first of the names by which senders of a type may set a field; null where they may not. */
function preferredName(type: keyof typeof webhookTypes, field: string): string | null {
  const { fields } = webhookTypes[type];
  return Array.from(fields).find(([, means]) => means === (field as UpdateFieldName))?.[0] ?? null; // a key of the tables of fields
}
