/** Every shape that has a title is described once, under that name; so are the bodies and responses of operations. */
import { auditActions } from '../../../core/access/audit-action.ts';
import { roles } from '../../../core/access/role.ts';
import { eventTypes } from '../../../core/outgoing/events/event-type.ts';
import { outgoingFormats } from '../../../core/outgoing/requests/request-settings.ts';
import { fieldTypes } from '../../../core/updates/fields/fields.ts';
import { webhookTypeNames } from '../../../core/updates/fields/webhook-type.ts';
import { matchRules, postbackStatuses } from '../../../core/updates/postback.ts';
import { type JsonSchema, mapParts } from './json-schema.ts';

/** Formats that every tool knows. Those of our own are in words: they are checked by code. */
const standardFormats = new Set(['date-time', 'date', 'uuid', 'uri', 'binary', 'int32', 'int64', 'double']);

export class NamedSchemas {
  readonly #byName = new Map<string, JsonSchema>();
  readonly #nameByText = new Map<string, string>();

  /** @param shared those that routes refer to by their names */
  constructor(shared: Record<string, JsonSchema>) {
    for (const [name, schema] of Object.entries(shared))
      this.#set(name, this.#changed(mapParts(schema, (part) => this.name(part))));
  }

  /** The schema with every titled shape in it replaced by a reference. */
  name(schema: JsonSchema): JsonSchema {
    if (schema.$ref !== undefined) return schema;
    const changed = this.#changed(mapParts(schema, (part) => this.name(part)));
    return changed.title === undefined ? changed : this.#refer(changed.title, changed);
  }

  /** The same for a body or response, which gets a name where it is an object without a title. */
  nameWhole(schema: JsonSchema, name: string): JsonSchema {
    const named = this.name(schema);
    return named.$ref === undefined && isShape(named) ? this.#refer(name, named) : named;
  }

  get(ref: string): JsonSchema {
    return this.#byName.get(ref.slice(ref.lastIndexOf('/') + 1)) ?? {};
  }

  toJson(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#byName].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** Shapes and lists of values that occur several times are described once, under the name of the member that has them. */
  nameRepeated(change: (map: (schema: JsonSchema) => JsonSchema) => void): void {
    const counts = new Map<string, number>();
    const count = (schema: JsonSchema): JsonSchema => {
      const key = keyOf(schema);
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
      return mapParts(schema, count);
    };
    const replace = (schema: JsonSchema, member: string): JsonSchema => {
      const { description, ...inner } = mapParts(schema, (part, name) => replace(part, name ?? member));
      const key = keyOf(schema);
      if (key === null || (counts.get(key) ?? 0) < 2)
        return description === undefined ? inner : { description, ...inner };
      const title = namesOfMembers[member]?.(schema) ?? pascalOf(nameOfValues(inner.enum) ?? member);
      return { ...this.#refer(title, inner), ...(description !== undefined && { description }) };
    };
    for (const schema of this.#byName.values()) mapParts(schema, count);
    change(count);
    for (const [name, schema] of [...this.#byName]) {
      this.#byName.set(
        name,
        mapParts(schema, (part, member) => replace(part, member ?? name)),
      );
    }
    change((schema) => replace(schema, 'value'));
  }

  /** Shapes that are the same share the name of the first one; its example may come with another one. */
  #refer(title: string, { title: _, ...schema }: JsonSchema): JsonSchema {
    const text = textOf(schema);
    const known = this.#nameByText.get(text);
    if (known !== undefined) {
      this.#byName.set(known, { ...schema, ...this.#byName.get(known) });
      return refTo(known);
    }
    let name = title;
    for (let at = 2; this.#byName.has(name); at += 1) name = `${title}${at}`;
    this.#set(name, schema);
    return refTo(name);
  }

  #set(name: string, schema: JsonSchema): void {
    this.#byName.set(name, schema);
    this.#nameByText.set(textOf(schema), name);
  }

  #changed(schema: JsonSchema): JsonSchema {
    const { format, ...rest } = schema;
    return format === undefined || standardFormats.has(format) ? schema : rest;
  }
}

/** What tells two shapes apart: their examples do not. */
function textOf({ examples: _, ...schema }: JsonSchema): string {
  return JSON.stringify(schema);
}

/** Null for what is not worth a name. */
function keyOf({ description: _, examples: __, ...schema }: JsonSchema): string | null {
  const isChoice = (schema.enum?.length ?? 0) > 1;
  const isObject = Object.keys(schema.properties ?? {}).length > 1;
  return isChoice || isObject ? JSON.stringify(schema) : null;
}

/** Lists of values whose members are called the same as others. */
const namesOfValues: Record<string, readonly string[]> = {
  WebhookType: webhookTypeNames,
  PostbackStatus: postbackStatuses,
  EventType: eventTypes,
  MatchRule: matchRules,
  OutgoingFormat: outgoingFormats,
  Role: roles,
  FieldType: fieldTypes,
  CallState: ['live', 'completed'],
  ResponseForm: ['json', 'gif', 'text', 'none'],
  DeliveryStatus: ['pending', 'delivered', 'failed', 'skipped', 'superseded', 'discarded'],
  DeliveryOrder: ['per_call', 'newest'],
  OutgoingMethod: ['GET', 'POST', 'PUT', 'PATCH'],
  PostbackMethod: ['GET', 'POST'],
  CallDirection: ['inbound', 'outbound'],
  DateFormat: ['iso', 'us', 'eu'],
  ReportGrouping: ['day', 'campaign', 'publisher', 'buyer'],
  EmptyValues: ['send', 'omit', 'skip'],
  ResumedDeliveries: ['all', 'newest', 'none'],
  ExplainStatus: ['read', 'ignored', 'unreadable'],
  AuditAction: auditActions,
  AmountFormat: ['point', 'comma'],
};

/** Shapes that the name of a member alone does not tell. */
const namesOfMembers: Record<string, (schema: JsonSchema) => string | undefined> = {
  filter: ({ required }) => (required === undefined ? 'EventFilterInput' : 'EventFilter'),
  changed_since: ({ required }) => (required?.includes('undo_of') ? 'CallChangedSince' : undefined),
  code: ({ enum: codes }) => (codes?.includes('call_not_found') ? 'WaitingCode' : undefined),
  equal: () => 'ReconciledSums',
  unused: () => 'UnusedSource',
  lines: () => 'FileLine',
  error: () => 'LineError',
  fields: ({ required }) => (required?.includes('source') ? 'ExplainedField' : undefined),
  counts: () => 'PostbackCounts',
};

function nameOfValues(values: unknown[] | undefined): string | undefined {
  const text = JSON.stringify(values);
  return Object.keys(namesOfValues).find((name) => JSON.stringify(namesOfValues[name]) === text);
}

function pascalOf(name: string): string {
  return name.replaceAll(/(?:^|_)([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
}

function isShape({ type, anyOf, oneOf }: JsonSchema): boolean {
  return type === 'object' || anyOf !== undefined || oneOf !== undefined;
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
