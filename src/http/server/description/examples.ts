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
  code: null,
  body: null,
  error: null,
  response: 'ok',
  status: 200,
  ms: 84,
  attempts: 1,
  event: 'call.converted',
  event_id: 'evt_0199a1b2c3d47e5f8a6b0c1d2e3f4a5b',
  preset: 'telnyx',
  title: 'Telnyx',
  verify: 'hmac',
  setup: ['Paste {url} as the webhook URL.'],
  docs: ['https://docs.telnyx.example/webhooks'],
  signing_secret: 'whsec_EXAMPLE',
  secrets: ['whsec_EXAMPLE'],
  signed_in_as: 'Ana',
  created_by: 'Ana',
  undone_by: null,
  replayed_by: null,
  attached_by: null,
  dismissed_by: null,
  dismiss_reason: null,
  undo_of: id,
  replay_of: id,
  person_id: id,
  actor_person_id: id,
  actor_token_id: null,
  target_id: id,
  target_name: 'Roofing CRM',
  person_name: 'Ana',
  token_name: 'CRM export',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  public_url: 'https://ringback.example',
  invitation: 'https://ringback.example/invitation#EXAMPLE',
  invitation_url: 'https://ringback.example/invitation#EXAMPLE',
  current_password: 'correct horse battery staple',
  zone: 'America/New_York',
  cells: ['CA123', '12.50'],
  samples: ['CA123'],
  theirs: '12.50',
  ours: '10.00',
  difference: '2.50',
  source: 'click_id',
  text: 'CA123',
  tag: 'deal:won',
  q: 'roof',
  account: id,
  CallSid: 'CA123',
  From: '+12135550142',
  To: '+18005550199',
  CallDuration: '184',
  Timestamp: 'Mon, 23 Nov 2026 10:00:00 +0000',
};
/** What only text can hold, as in a query. */
const asText: Record<string, string> = {
  cursor: 'eyJzdGFydGVkQXQiOiIyMDI2LTExLTIzIn0',
  'text/csv': 'call_log_id,revenue_paid_out\r\nCA123,12.50\r\n',
  'application/x-ndjson': '{"call_log_id":"CA123","revenue_paid_out":"12.50"}\n',
  add: 'deal:won',
  remove: 'stage',
  tags: '{"deal":"won"}',
  other_ids: 'leg-1',
  state: 'completed',
  status: 'applied',
  code: 'invalid_value',
  body: '{"call":"[CALL_LOG_ID]"}',
  error: 'The connection was refused.',
  caller_withheld: 'false',
  undone_by: 'Ana',
  replayed_by: 'Ana',
  attached_by: 'Ana',
  dismissed_by: 'Ana',
  dismiss_reason: 'A test',
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
        : (asText[name] ?? textOf(known) ?? 'text').padEnd(schema.minLength ?? 0, '-');
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

function textOf(known: unknown): string | undefined {
  return typeof known === 'number' || typeof known === 'boolean' ? String(known) : undefined;
}

function exampleOfObject(
  { properties = {}, additionalProperties }: JsonSchema,
  find: (ref: string) => JsonSchema,
  depth: number,
): unknown {
  if (depth > depthMax) return {};
  const members = Object.entries(properties).map(([member, part]) => [
    member,
    exampleOf(part, find, member, depth + 1),
  ]);
  if (members.length === 0 && typeof additionalProperties === 'object')
    return { key: exampleOf(additionalProperties, find, '', depth + 1) };
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
