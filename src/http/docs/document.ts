/** The parts of the API description that the reference shows. */
import type { JsonSchema } from '../server/description/json-schema.ts';

export type Content = Record<string, { schema?: JsonSchema; example?: unknown }>;
export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: JsonSchema;
  example?: unknown;
};
export type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: Record<
    string,
    {
      description?: string;
      content?: Content;
      headers?: Record<string, { description?: string; example?: unknown }>;
    }
  >;
  security?: Record<string, string[]>[];
};
export type Document = {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
};
