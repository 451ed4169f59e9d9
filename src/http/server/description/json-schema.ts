/** A schema as the description has it: JSON, without symbols. */
export type JsonSchema = {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  minimum?: number;
  minLength?: number;
};

/** The schema with each of its direct parts replaced; a part of `properties` comes with its name. */
export function mapParts(
  schema: JsonSchema,
  change: (part: JsonSchema, name?: string) => JsonSchema,
): JsonSchema {
  const changed: JsonSchema = { ...schema };
  const { properties, additionalProperties, items } = schema;
  if (properties !== undefined) changed.properties = mapValues(properties, change);
  if (typeof additionalProperties === 'object') changed.additionalProperties = change(additionalProperties);
  if (items !== undefined) changed.items = change(items);
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const parts = schema[key];
    if (parts !== undefined) changed[key] = parts.map((part) => change(part));
  }
  return changed;
}

function mapValues<From, To>(
  object: Record<string, From>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}
