/** What makes the description of the routes one that clients can be generated from. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { webhookTypeNames, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { describedWebhooks } from './event.ts';
import { exampleOf } from './examples.ts';
import { idempotencyKey, postbackHeaders, retryAfter } from './headers.ts';
import { type JsonSchema, mapParts } from './json-schema.ts';
import { NamedSchemas } from './named-schemas.ts';
import { operationIdOf } from './operation-ids.ts';

type Media = { schema?: JsonSchema; example?: unknown; examples?: unknown };
type Response = { description?: string; content?: Record<string, Media>; headers?: Record<string, object> };
type Parameter = { name: string; in: string; schema?: JsonSchema; example?: unknown; examples?: unknown };
type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Response>;
};
type Described = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
};
type Document = Parameters<NonNullable<FastifyDynamicSwaggerOptions['transformObject']>>[0];

const senderPaths = new Set(
  webhookTypeNames
    .map((type) => `/${webhookTypes[type].path}`)
    .flatMap((path) => [path, `${path}.gif`, `${path}/batch`]),
);
const otherWords: Record<string, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted: it is done later',
  204: 'Done; the response has no body',
};

/** @param body the paths whose body may be left out: @fastify/swagger calls every body required */
export function finishDescription(document: Document, bodyIsOptional: RegExp): object {
  if (!('openapiObject' in document)) throw new Error('this describes OpenAPI 3');
  const described = document.openapiObject as unknown as Described; // JSON, as it is sent
  const names = new NamedSchemas(
    Object.fromEntries(
      Object.entries(described.components.schemas).map(([name, schema]) => [name, markInstants(schema)]),
    ),
  );
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operation.operationId = operationIdOf(method, path);
      operation.description ??= `${operation.summary ?? operation.operationId}.`;
      if (operation.requestBody !== undefined) operation.requestBody.required = !bodyIsOptional.test(path);
      if (senderPaths.has(path)) operation.parameters = [...(operation.parameters ?? []), idempotencyKey];
      nameSchemas(names, operation);
      describeResponses(operation, senderPaths.has(path));
    }
  }
  const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods));
  names.nameRepeated((map) => {
    for (const part of operations.flatMap(partsOf)) {
      if (part.schema !== undefined) part.schema = map(part.schema);
    }
  });
  for (const operation of operations) addExamples(names, operation);
  described.components.schemas = names.toJson();
  return { ...described, webhooks: describedWebhooks };
}

/** Responses have instants in one notation only; requests accept more. */
function markInstants(schema: JsonSchema, name = ''): JsonSchema {
  const isInstant =
    /(?:^at|_at|_since)$/.test(name) && schema.type === 'string' && schema.format === undefined;
  const marked = mapParts(schema, (part, member) => markInstants(part, member ?? name));
  return isInstant ? { ...marked, format: 'date-time' } : marked;
}

function nameSchemas(
  names: NamedSchemas,
  { operationId = '', parameters = [], requestBody, responses }: Operation,
): void {
  const name = operationId.charAt(0).toUpperCase() + operationId.slice(1);
  for (const parameter of parameters) {
    if (parameter.schema !== undefined) parameter.schema = names.name(parameter.schema);
  }
  for (const media of Object.values(requestBody?.content ?? {})) {
    if (media.schema !== undefined) media.schema = names.nameWhole(media.schema, `${name}Request`);
  }
  for (const { content = {} } of Object.values(responses)) {
    for (const [type, media] of Object.entries(content)) {
      const kind = type.includes('ndjson') ? 'Line' : 'Response';
      if (media.schema !== undefined) media.schema = names.nameWhole(markInstants(media.schema), name + kind);
    }
  }
}

/** What has a schema. */
function partsOf({ parameters = [], requestBody, responses }: Operation): { schema?: JsonSchema }[] {
  const contents = [
    requestBody?.content ?? {},
    ...Object.values(responses).map(({ content = {} }) => content),
  ];
  return [...parameters, ...contents.flatMap((content) => Object.values(content))];
}

function describeResponses({ responses }: Operation, isOfSenders: boolean): void {
  for (const [status, response] of Object.entries(responses)) {
    if (response.description === 'Default Response') response.description = otherWords[status] ?? 'Done';
    const headers = {
      ...(isOfSenders && postbackHeaders),
      ...((status.startsWith('4') || status.startsWith('5')) && retryAfter),
    };
    if (Object.keys(headers).length > 0) response.headers = { ...headers, ...response.headers };
  }
}

function addExamples(names: NamedSchemas, { parameters = [], requestBody, responses }: Operation): void {
  const find = (ref: string) => names.get(ref);
  for (const parameter of parameters) {
    if (parameter.schema === undefined || parameter.examples !== undefined) continue;
    parameter.example ??= exampleOf(parameter.schema, find, parameter.name);
  }
  const contents = [
    requestBody?.content ?? {},
    ...Object.values(responses).map(({ content = {} }) => content),
  ];
  for (const [type, media] of contents.flatMap((content) => Object.entries(content))) {
    if (media.schema === undefined || media.examples !== undefined || type === 'image/gif') continue;
    media.example ??= exampleOf(media.schema, find, type);
  }
}
