/** Compares responses with what `/openapi.json` declares. Members that a schema does not name are a fault too. */
import { type SpecData, Validator } from '@seriousme/openapi-schema-validator';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { createMetrics } from '../../src/http/metrics/metrics.ts';
import { createApp } from '../../src/http/server/app.ts';
import { createLog } from '../../src/log.ts';

type Media = Record<string, { schema?: TSchema }>;
type Operation = { responses: Record<string, { content?: Media }> };
type Document = { paths: Record<string, Record<string, Operation>> };
type GivenAnswer = { status: number; headers: Headers; text: string };

/** An app whose routes can be listed and described, without a database. */
export async function createBareApp() {
  const app = await createApp({
    store: { latestSchemaVersion: 0, listSecretHashes: async () => [] },
    presets: new Map(),
    writer: {},
    metrics: createMetrics(),
    log: createLog('silent'),
    publicUrl: () => 'http://localhost',
    twilioAuthToken: null,
    openId: null,
    mailer: null,
    uiFolder: null,
  } as unknown as Parameters<typeof createApp>[0]); // no route is asked for more
  await app.ready();
  return app;
}

export class DeclaredAnswers {
  readonly #operations: { pattern: RegExp; methods: Record<string, Operation> }[];
  readonly #compiled = new Map<TSchema, ReturnType<typeof Compile>>();

  /** @param document with every reference replaced by what it refers to */
  constructor({ paths }: Document) {
    // A path without a parameter is of its own operation.
    this.#operations = Object.entries(paths)
      .sort(([one], [other]) => one.split('{').length - other.split('{').length)
      .map(([path, methods]) => ({ pattern: patternOf(path), methods }));
  }

  findFaults(method: string, path: string, { status, headers, text }: GivenAnswer): string[] {
    const found = this.#operations.find(({ pattern }) => pattern.test(path));
    const operation = found?.methods[method.toLowerCase()];
    if (operation === undefined) return [];
    const response = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`];
    if (response === undefined) return ['the status is not declared'];
    if (status === 204) return text === '' ? [] : ['there is a body'];
    const [mediaType = ''] = (headers.get('content-type') ?? '').split(';');
    // The pixel is declared where it is the only form, and pages of the UI are for browsers, not for clients of the API.
    if (mediaType === 'image/gif' || mediaType === 'text/html') return [];
    const schema = response.content?.[mediaType]?.schema;
    if (schema === undefined) return [`${mediaType} is not declared`];
    const check = this.#checkOf(schema);
    // To list the errors of a body takes many times what the compiled check takes.
    return bodiesOf(mediaType, text)
      .flatMap((body) => (check.Check(body) ? [] : check.Errors(body)))
      .map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  #checkOf(schema: TSchema): ReturnType<typeof Compile> {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const compiled = Compile(closed(schema) as TSchema); // a schema stays one
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

/** Each line of NDJSON is a body. */
function bodiesOf(mediaType: string, text: string): unknown[] {
  if (mediaType.endsWith('ndjson'))
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return [mediaType.endsWith('json') ? JSON.parse(text) : text];
}

function patternOf(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const isOpen = !('properties' in schema) || 'additionalProperties' in schema;
  return Object.fromEntries(isOpen ? entries : [...entries, ['additionalProperties', false]]);
}

let declared: Promise<DeclaredAnswers> | undefined;

async function readOwn(): Promise<DeclaredAnswers> {
  const app = await createBareApp();
  const document = JSON.stringify(app.swagger());
  await app.close();
  return readDeclared(document);
}

/** @param document JSON text of a description, valid as another test sees */
export function readDeclared(document: string): DeclaredAnswers {
  const specification: SpecData = JSON.parse(document);
  return new DeclaredAnswers(new Validator().resolveRefs({ specification }) as Document); // see above: valid
}

/**
 * @param description of a server that is another than this process would start
 * @throws where the answer of an operation is not as the description says
 */
export async function expectDeclared(
  method: string,
  target: string,
  answer: GivenAnswer,
  description?: DeclaredAnswers,
): Promise<void> {
  declared ??= readOwn();
  const [path = ''] = target.split('?');
  const faults = (description ?? (await declared)).findFaults(method, path, answer);
  if (faults.length === 0) return;
  const what = `${method} ${path} answers ${answer.status}, which is not as described`;
  throw new Error(`${what}: ${faults.slice(0, 12).join('; ')}\n${answer.text.slice(0, 1_000)}`);
}
