import type { TestServer } from '../server.ts';

export type ApiRoute = { method: string; path: string; parameters: string[]; bodyMembers: string[] };

type Schema = { $ref?: string; properties?: object; allOf?: Schema[]; anyOf?: Schema[]; oneOf?: Schema[] };

type Described = {
  /** empty: no token is wanted */
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

/** The operator's routes that want a token, as /openapi.json describes them; `{id}` stands in their paths. */
export async function readApiRoutes(server: TestServer): Promise<ApiRoute[]> {
  const { json } = await server.request('/openapi.json');
  const paths: [string, Record<string, Described>][] = Object.entries(json.paths);
  return paths
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security?.length !== 0)
        .map(([method, { parameters = [], requestBody }]) => ({
          method: method.toUpperCase(),
          path,
          parameters: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
          bodyMembers: Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
            membersOf(schema, json.components.schemas),
          ),
        })),
    );
}

/** The names of an object's members; a named schema is looked up. */
function membersOf(schema: Schema, named: Record<string, Schema>): string[] {
  const { $ref, properties = {}, allOf = [], anyOf = [], oneOf = [] } = schema;
  const referred = $ref === undefined ? undefined : named[$ref.split('/').at(-1) ?? ''];
  const parts = [...allOf, ...anyOf, ...oneOf, ...(referred === undefined ? [] : [referred])];
  return [...new Set([...Object.keys(properties), ...parts.flatMap((part) => membersOf(part, named))])];
}
