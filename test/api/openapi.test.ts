/** `/openapi.json`: valid, whole, and true. */
import { Validator } from '@seriousme/openapi-schema-validator';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBareApp } from '../support/declared-answers.ts';
import { type Answer, type TestWebhook, useServer } from '../support/server.ts';

type Media = Record<
  string,
  { schema: TSchema; example?: unknown; examples?: Record<string, { value: unknown }> }
>;
type Operation = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { required?: boolean; content: Media };
  responses: Record<string, { description: string; content?: Media }>;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

const server = useServer();
let webhook: TestWebhook;
let document: Document;
/** the same with every reference replaced by what it refers to */
let resolved: Document;

beforeAll(async () => {
  webhook = await server.createWebhook();
  document = (await server.request('/openapi.json')).json;
  resolved = new Validator().resolveRefs({ specification: structuredClone(document) }) as Document; // validated below
});

test('the document is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toBe('3.1.0');
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['Problem', 'Call', 'Postback']),
  );
});

test.each(['Call', 'Postback'])('times of the shared schema %s are of the format date-time', async (name) => {
  const { json } = await server.request('/openapi.json');
  const { properties } = json.components.schemas[name];
  const times = Object.keys(properties).filter((member) => member.endsWith('_at'));
  expect(times.length).toBeGreaterThan(1);
  for (const member of times) expect(JSON.stringify(properties[member])).toContain('"format":"date-time"');
});

/** Methods and paths of Fastify's own routing table, `:id` written as `{id}`. */
async function readRoutes(): Promise<{
  app: Awaited<ReturnType<typeof createBareApp>>;
  routes: [string, string][];
}> {
  const app = await createBareApp();
  const routes: [string, string][] = [];
  const parents: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^([│ ]*)[├└]── (\S+) \(([^)]+)\)/.exec(line);
    if (match === null) continue;
    const [, indent = '', segment = '', methods = ''] = match;
    const depth = indent.length / 4;
    parents[depth] = (depth === 0 ? '' : (parents[depth - 1] ?? '')) + segment;
    const path = (parents[depth] ?? '').replaceAll(/:(\w+)/g, '{$1}');
    for (const method of methods.split(', ')) routes.push([method, path]);
  }
  return { app, routes };
}

test('every route is described, but the page that shows the description', async () => {
  const { app, routes } = await readRoutes();
  expect(routes.length).toBeGreaterThan(30);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = routes.map((route) => route.join(' '));
  expect(described.filter((one) => !known.includes(one))).toEqual([]);
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
  for (const [name, path] of routes) {
    const method = methods.find((one) => one === name);
    if (method === undefined || path.startsWith('/docs') || described.includes(`${method} ${path}`)) continue;
    // Not a route, but the answer that there is none.
    const { statusCode } = await app.inject({ method, url: path });
    expect([method, path, statusCode]).toEqual([method, path, 405]);
  }
  await app.close();
});

test('operations have unique names that read as functions, and there are only standard formats', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId ?? '');
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+(?:[A-Z][a-z]+)+$/.test(name))).toEqual([]);
  const ownFormats =
    /"format":"(?:short-text|time-zone|address-range|signing-secret|visible-ascii|future|country)"/;
  expect(JSON.stringify(document)).not.toMatch(ownFormats);
});

test('every JSON body and response has an example that is as its schema says', () => {
  for (const [path, methods] of Object.entries(resolved.paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(methods)) {
      const contents = [
        requestBody?.content ?? {},
        ...Object.values(responses).map(({ content = {} }) => content),
      ];
      for (const [type, { schema, example, examples }] of contents.flatMap((one) => Object.entries(one))) {
        if (!/json$/.test(type)) continue;
        const shown = example ?? Object.values(examples ?? {})[0]?.value;
        expect([method, path, type, shown === undefined]).toEqual([method, path, type, false]);
        expect([method, path, Compile(schema).Errors(shown)]).toEqual([method, path, []]);
      }
    }
  }
});

test('a member that takes any names checks the values of all of them', async () => {
  await server.createCall('known');
  const { id } = (
    await server.api('POST', '/webhooks/outgoing', {
      ...{ name: 'Buyer', url: 'http://127.0.0.1:9/x', events: ['call.converted'] },
    })
  ).json;
  const isTyped = (schema: unknown) => /"type"/.test(JSON.stringify(schema) ?? '');
  const checked = new Set<string>();
  for (const [path, methods] of Object.entries(resolved.paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      const { schema, example } = requestBody?.content['application/json'] ?? {};
      if (schema === undefined || !('properties' in schema) || !path.startsWith('/api/v1')) continue;
      for (const [member, part] of Object.entries(schema.properties as object)) {
        if (!isTyped(part.additionalProperties)) continue;
        const ofPath = path.includes('outgoing') ? id : path.includes('webhooks') ? webhook.id : 'known';
        const body = { ...Object(example), [member]: { 'a\r\nb': [[]] } };
        const { status, text } = await server.api(
          method.toUpperCase(),
          path.slice('/api/v1'.length).replace('{id}', ofPath),
          body,
        );
        expect([method, path, status, text]).toEqual([
          method,
          path,
          422,
          expect.stringContaining(`"field":"${member}.a`),
        ]);
        checked.add(member);
      }
    }
  }
  expect([...checked]).toEqual(expect.arrayContaining(['headers', 'tags', 'values']));
});

describe('every operation', () => {
  const operations = () =>
    Object.entries(resolved.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
    );

  test('has a summary, a tag, its path parameters and its answers', () => {
    for (const { name, path, operation } of operations()) {
      const { summary, tags, parameters = [], responses } = operation;
      expect([name, summary?.length, tags?.length]).toEqual([name, expect.any(Number), 1]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
    }
  });

  test('that may be rejected says how, as a problem', () => {
    for (const { name, path, operation } of operations()) {
      if (!/^\/(api|update)/.test(path) || path.endsWith('.gif')) continue;
      const rejection = operation.responses['4XX'];
      expect([name, Object.keys(rejection?.content ?? {})[0]]).toEqual([name, 'application/problem+json']);
      expect(rejection?.content?.['application/problem+json']?.schema).toMatchObject({
        required: ['type', 'title', 'status', 'detail', 'code'],
      });
    }
  });

  test('of the operator wants a token or a session, but the signed one and the sign-in', () => {
    for (const { name, path, operation } of operations()) {
      if (!path.startsWith('/api')) continue;
      const isOpen =
        path.endsWith('/twilio/status') ||
        /^(?:post \/api\/v1\/session(?:\/|$)|get \/api\/v1\/session\/options$)/.test(name);
      expect(operation.security).toEqual(isOpen ? [] : [{ bearer: [] }, { session: [] }]);
    }
  });

  test('says where a body may be left out', () => {
    const bodyless = [
      '/api/v1/calls/{id}/complete',
      '/api/v1/webhooks/incoming/{id}/rotate-key',
      '/api/v1/webhooks/incoming/{id}/rotate-signing-secret',
      '/api/v1/postbacks/{id}/replay',
      '/api/v1/webhooks/outgoing/{id}/rotate-secret',
      '/api/v1/webhooks/outgoing/{id}/test',
      '/api/v1/webhooks/outgoing/{id}/render',
    ];
    for (const { path, operation } of operations()) {
      if (operation.requestBody === undefined) continue;
      expect([path, operation.requestBody.required ?? false]).toEqual([path, !bodyless.includes(path)]);
    }
  });
});

/** The support compares each answer with the document: this names the operation that it must be an answer of. */
function expectDeclared(operation: string, answer: Answer): void {
  const [method = '', path = ''] = operation.split(' ');
  const responses = resolved.paths[path]?.[method.toLowerCase()]?.responses ?? {};
  const response = responses[answer.status] ?? responses[`${Math.floor(answer.status / 100)}XX`];
  expect(response, `${operation} declares no ${answer.status}`).toBeDefined();
}

describe('real answers are as the document declares them', () => {
  const everyField = {
    phone_number: '+14155550142',
    answered_at: '2026-11-20T10:00:05Z',
    duration_seconds: 5,
    end_status: 'answered',
    tracking_number: '+18005550199',
    campaign: 'Solar',
    publisher: 'North Media',
    buyer: 'Acme',
    revenue_paid_out: 5.5,
    publisher_paid_out: 1,
    converted: true,
    reason: 'Sold',
    no_payout_reason: 'Caps exceeded',
    tags: { deal: 'won' },
  };

  test('of calls', async () => {
    const calls = '/api/v1/calls';
    expectDeclared(`POST ${calls}`, await server.api('POST', '/calls', { call_log_id: 'C1', ...everyField }));
    expectDeclared(`POST ${calls}`, await server.api('POST', '/calls', { call_log_id: 'C1' }));
    expectDeclared(`POST ${calls}`, await server.api('POST', '/calls', { call_log_id: 'C2' }));
    expectDeclared(`POST ${calls}`, await server.api('POST', '/calls', { tags: 5, x: 1 }));
    expectDeclared(`PATCH ${calls}/{id}`, await server.api('PATCH', '/calls/C1', { reason: 'x', y: 1 }));
    expectDeclared(`PATCH ${calls}/{id}`, await server.api('PATCH', '/calls/C1', { no_payout_reason: null }));
    expectDeclared(`POST ${calls}/{id}/complete`, await server.api('POST', '/calls/C1/complete'));
    expectDeclared(`POST ${calls}/{id}/complete`, await server.api('POST', '/calls/missing/complete'));
    expectDeclared(`PATCH ${calls}/{id}`, await server.api('PATCH', '/calls/C1', { reason: 'y' }));
    expectDeclared(
      `PATCH ${calls}/{id}`,
      await server.api('PATCH', '/calls/C1', { reason: 'z', dry_run: true }),
    );
    expectDeclared(`GET ${calls}/{id}`, await server.api('GET', '/calls/C1'));
    expectDeclared(`GET ${calls}/{id}`, await server.api('GET', '/calls/missing'));
    expectDeclared(`GET ${calls}`, await server.api('GET', '/calls?limit=1'));
    expectDeclared(`GET ${calls}`, await server.api('GET', '/calls?limit=0'));
    await server.post(webhook, { call_log_id: 'C1', reason: 'by a postback' });
    await server.post(webhook, { call_log_id: 'C1', revenue_paid_out: 'x' });
    const timeline = await server.api('GET', '/calls/C1/timeline');
    expect(timeline.json.items.length).toBeGreaterThan(5);
    expectDeclared(`GET ${calls}/{id}/timeline`, timeline);
  });

  test('of webhooks', async () => {
    const webhooks = '/api/v1/webhooks/incoming';
    const made = await server.api('POST', '/webhooks/incoming', { name: 'x', type: 'update_tags' });
    const byId = `/webhooks/incoming/${made.json.id}`;
    expectDeclared(`POST ${webhooks}`, made);
    expectDeclared(`POST ${webhooks}`, await server.api('POST', '/webhooks/incoming', {}));
    expectDeclared(`GET ${webhooks}`, await server.api('GET', '/webhooks/incoming?limit=1'));
    expectDeclared(`GET ${webhooks}/{id}`, await server.api('GET', byId));
    expectDeclared(`PATCH ${webhooks}/{id}`, await server.api('PATCH', byId, { paused: true }));
    expectDeclared(`POST ${webhooks}/{id}/rotate-key`, await server.api('POST', `${byId}/rotate-key`));
    const rotateSecret = await server.api('POST', `${byId}/rotate-signing-secret`);
    expectDeclared(`POST ${webhooks}/{id}/rotate-signing-secret`, rotateSecret);
    expectDeclared(`DELETE ${webhooks}/{id}`, await server.api('DELETE', byId));
    expectDeclared(`DELETE ${webhooks}/{id}`, await server.api('DELETE', byId));
  });

  test('of the postback log and the account', async () => {
    await server.createCall('C3', { phone_number: '+14155550177' });
    const sent = [
      await server.post(webhook, { phone_number: '+14155550177', reason: 'x', transaction_id: 't', utm: 1 }),
      await server.post(webhook, { call_log_id: 'C3', reason: 'x', dry_run: true }),
      await server.post(webhook, { fields: { nope: 1 } }),
    ];
    for (const { json } of sent) {
      expectDeclared('GET /api/v1/postbacks/{id}', await server.api('GET', `/postbacks/${json.postback_id}`));
    }
    for (const path of sent.map(({ json }) => `/postbacks/${json.postback_id}/replay`)) {
      expectDeclared('POST /api/v1/postbacks/{id}/replay', await server.api('POST', path));
    }
    const early = await server.post(webhook, { call_log_id: 'C9', reason: 'x' });
    await server.createCall('C9');
    const path = `/postbacks/${early.json.postback_id}/replay`;
    for (const dry_run of [true, false]) {
      expectDeclared('POST /api/v1/postbacks/{id}/replay', await server.api('POST', path, { dry_run }));
    }
    expectDeclared('GET /api/v1/postbacks/{id}', await server.api('GET', '/postbacks/x'));
    expectDeclared('GET /api/v1/postbacks', await server.api('GET', '/postbacks'));
    expectDeclared('GET /api/v1/account', await server.api('GET', '/account'));
    expectDeclared('PATCH /api/v1/account', await server.api('PATCH', '/account', { name: 'Acme' }));
    expectDeclared('PATCH /api/v1/account', await server.api('PATCH', '/account', { name: '' }));
    expectDeclared('GET /api/v1/account', await server.request('/api/v1/account'));
  });

  test('of the overview', async () => {
    await server.createCall('C10', { campaign: 'Solar', buyer: 'Acme', revenue_paid_out: '1' });
    for (let times = 0; times < 6; times += 1)
      await server.post(webhook, { call_log_id: 'C11', reason: 'x' });
    for (const by of ['day', 'buyer']) {
      expectDeclared('GET /api/v1/reports/calls', await server.api('GET', `/reports/calls?by=${by}`));
    }
    expectDeclared('GET /api/v1/reports/calls', await server.api('GET', '/reports/calls?by=x'));
    expectDeclared('GET /api/v1/overview/activity', await server.api('GET', '/overview/activity'));
    const attention = await server.api('GET', '/overview/attention');
    expect(attention.json.items.length).toBeGreaterThan(1);
    expectDeclared('GET /api/v1/overview/attention', attention);
  });

  test('of the endpoints', async () => {
    await server.createCall('C4');
    await server.createCall('C5', { state: 'live' });
    const post = 'POST /update-fields';
    expectDeclared(post, await server.post(webhook, { call_log_id: 'C4', reason: 'x', add: ['a'] }));
    expectDeclared(post, await server.post(webhook, { call_log_id: 'C4', reason: 'x', dry_run: true }));
    expectDeclared(post, await server.post(webhook, { call_log_id: 'C5', reason: 'x' }));
    expectDeclared(post, await server.post(webhook, { call_log_id: 'C4', reason: 'x', return: 'none' }));
    expectDeclared(post, await server.post(webhook, { call_log_id: 'missing', reason: 'x' }));
    expectDeclared(post, await server.post({ ...webhook, auth_key: 'wrong' }, { reason: 'x' }));
    const mapped = await server.createWebhook('update_fields', {
      mapping: { each: '/data', only_when: [{ from: '/type', in: ['sold'] }], fields: {} },
    });
    const ofMapping = async (body: object) => {
      const answer = await server.post(mapped, body);
      expectDeclared(post, answer);
      return Object.keys(answer.json);
    };
    expect(await ofMapping({ type: 'other' })).toEqual(['status']);
    const data = ['a', 'b'].map((reason) => ({ call_log_id: 'C4', reason }));
    expect(await ofMapping({ type: 'sold', data })).toEqual(['batch_id', 'summary', 'results']);
    const calls = await server.createWebhook('calls');
    expectDeclared('POST /calls', await server.post(calls, { call_log_id: 'C6' }));
    expectDeclared(
      'GET /update-fields',
      await server.get(webhook, [
        ['call_log_id', 'C4'],
        ['reason', 'y'],
      ]),
    );
    expectDeclared(
      'POST /api/v1/calls/twilio/status',
      await server.request('/api/v1/calls/twilio/status', { method: 'POST' }),
    );
  });

  test('of the system', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
      expectDeclared(`GET ${path}`, await server.request(path));
    }
  });
});

test('what the document says of a request is what the server takes', () => {
  const { requestBody, parameters } = resolved.paths['/api/v1/calls']?.['post'] ?? {};
  expect(parameters).toBeUndefined();
  const schema = requestBody?.content['application/json']?.schema;
  const fields = Object.keys((schema as { properties?: object } | undefined)?.properties ?? {});
  expect(fields).toEqual(
    'call_log_id state phone_number caller_withheld direction started_at answered_at ended_at duration_seconds connected_seconds end_status recording_url other_ids tracking_number campaign publisher buyer converted call_converted_at revenue_paid_out publisher_paid_out reason no_payout_reason tags'.split(
      ' ',
    ),
  );
  const names = (path: string) => resolved.paths[path]?.['get']?.parameters?.map(({ name }) => name);
  expect(names('/api/v1/calls')).toEqual(
    'limit cursor state phone_number converted held no_payout_reason payout_status call_log_id campaign publisher buyer tag from to q sort'.split(
      ' ',
    ),
  );
  expect(names('/api/v1/postbacks')).toEqual(
    'limit cursor webhook_id status open previews code call_log_id transaction_id replay_of batch_id from to'.split(
      ' ',
    ),
  );
});
