/** An example for each body and response, made of the examples of its members. */
import type { JsonSchema } from './json-schema.ts';

const instant = '2026-11-23T10:00:00.000Z';
const id = '0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b';

/** What a member of this name looks like, wherever it is. */
const byName: Record<string, unknown> = {
  id,
  postback_id: id,
  webhook_id: id,
  account_id: id,
  token_id: id,
  batch_id: id,
  import_id: id,
  delivery_id: id,
  undo_of: id,
  replay_of: id,
  call_log_id: 'CA123',
  call_log_ids: ['CA123', 'CA124'],
  parent_call_log_id: 'CA122',
  other_ids: ['leg-1'],
  phone_number: '+12135550142',
  caller_id: '+12135550142',
  tracking_number: '+18005550199',
  direction: 'inbound',
  end_status: 'answered',
  recording_url: 'https://recordings.example/CA123.mp3',
  duration_seconds: 184,
  connected_seconds: 176,
  lifespan_seconds: 3600,
  campaign: 'Roofing',
  publisher: 'North Media',
  buyer: 'Acme Roofing',
  revenue: '12.50',
  revenue_paid_out: '12.50',
  publisher_paid_out: '8.00',
  converted: true,
  reason: 'Sold',
  no_payout_reason: null,
  add: { deal: 'won' },
  remove: ['stage'],
  tags: { deal: 'won' },
  transaction_id: 'T-1001',
  changes: { revenue_paid_out: { from: null, to: '12.50' } },
  ignored: ['utm_source'],
  source_ip: '203.0.113.7',
  auth_key: 'rbk_EXAMPLE',
  token: 'rbt_EXAMPLE',
  secret: 'whsec_EXAMPLE',
  url: 'https://ringback.example/update-fields?auth_key=rbk_EXAMPLE',
  name: 'Roofing CRM',
  webhook_name: 'Roofing CRM',
  password: 'correct horse battery staple',
  email: 'ana@agency.example',
  field: 'revenue_paid_out',
  by: 'Roofing CRM',
  actor: 'Ana',
  detail: 'Send a decimal amount such as 12.50.',
  currency: 'USD',
  time_zone: 'America/New_York',
  default_country: 'US',
  next_cursor: null,
  matched_by: 'call_log_id',
  candidates: 1,
  dry_run: false,
  duplicate: false,
  return: 'json',
};
const depthMax = 6;

/** @param find the schema that a reference is to */
export function exampleOf(
  schema: JsonSchema,
  find: (ref: string) => JsonSchema,
  name = '',
  depth = 0,
): unknown {
  const { $ref, examples, enum: values, anyOf, oneOf, allOf, type } = schema;
  if ($ref !== undefined) return exampleOf(find($ref), find, name, depth);
  if (examples?.[0] !== undefined) return examples[0];
  if (schema.const !== undefined) return schema.const;
  const known = byName[name];
  if (values !== undefined) return known !== undefined && values.includes(known) ? known : values[0];
  if (known !== undefined && fits(known, schema, find)) return known;
  if (schema.default !== undefined) return schema.default;
  const [first] = anyOf ?? oneOf ?? allOf ?? [];
  if (schema.properties === undefined && first !== undefined) return exampleOf(first, find, name, depth);
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return exampleOfObject(schema, find, depth);
    case 'array':
      return schema.items === undefined || depth > depthMax
        ? []
        : [exampleOf(schema.items, find, name, depth + 1)];
    case 'string':
      return /(?:^|_)(?:at|from|to|until|since)$/.test(name) || schema.format === 'date-time'
        ? instant
        : 'text'.padEnd(schema.minLength ?? 0, '-');
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}

function exampleOfObject(
  { properties = {}, patternProperties, additionalProperties }: JsonSchema,
  find: (ref: string) => JsonSchema,
  depth: number,
): unknown {
  if (depth > depthMax) return {};
  const members = Object.entries(properties).map(([member, part]) => [
    member,
    exampleOf(part, find, member, depth + 1),
  ]);
  const [value] = Object.values(patternProperties ?? {});
  const further = value ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  if (members.length === 0 && further !== undefined) return { key: exampleOf(further, find, '', depth + 1) };
  return Object.fromEntries(members);
}

/** A rough check: the test of the description validates every example. */
function fits(value: unknown, schema: JsonSchema, find: (ref: string) => JsonSchema): boolean {
  if (schema.$ref !== undefined) return fits(value, find(schema.$ref), find);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts !== undefined) return parts.some((part) => fits(value, part, find));
  if (schema.enum !== undefined) return schema.enum.includes(value);
  if (schema.type === undefined) return true;
  const types = [schema.type].flat();
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) {
    const { items } = schema;
    return types.includes('array') && (items === undefined || value.every((item) => fits(item, items, find)));
  }
  if (typeof value === 'number') return types.includes('integer') || types.includes('number');
  if (typeof value !== 'object') return types.includes(typeof value);
  if (!types.includes('object')) return false;
  return (
    schema.properties === undefined || Object.keys(value).every((name) => name in (schema.properties ?? {}))
  );
}
