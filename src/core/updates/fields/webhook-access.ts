import { type UpdateFieldName, updateFieldNames } from './fields.ts';
import type { WebhookTypeRow } from './webhook-type.ts';

/** A field of a postback as a webhook's settings name it: never by an alias. */
export type AllowableField = UpdateFieldName | 'add' | 'remove';
export const allowableFieldNames: readonly AllowableField[] = [...updateFieldNames, 'add', 'remove'];

/** What an incoming webhook lets in, beside what its type says. Null: no limit of this kind. */
export type WebhookAccess = {
  /** addresses and CIDR ranges, in their canonical form */
  allowedAddresses: string[] | null;
  /** requests of a minute, for each process that serves; a batch is one request */
  rateLimitPerMinute: number | null;
  allowedFields: AllowableField[] | null;
  acceptsGet: boolean;
};

/** The fields that webhooks of a type can allow, in table order. */
export function allowableFieldsOf({ fields, hasTags }: WebhookTypeRow): AllowableField[] {
  const ofType = new Set<string>(fields.values());
  if (hasTags) ofType.add('add').add('remove');
  return allowableFieldNames.filter((name) => ofType.has(name));
}
