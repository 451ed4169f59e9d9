/** Random payloads, queries and headers through the public endpoints. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { rejectionCodes } from '../../../src/core/updates/rejection.ts';
import { codePoint } from '../../../src/core/values/text/code-point.arbitrary.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

const name = fc.oneof(
  fc.constantFrom(
    'call_log_id',
    'phone_number',
    'transaction_id',
    'dry_run',
    'return',
    'fields',
    'add',
    'remove',
  ),
  fc.constantFrom(
    'converted',
    'revenue_paid_out',
    'reason',
    'fields[reason]',
    'add[k]',
    'remove[]',
    '__proto__',
  ),
  fc.string({ unit: codePoint, maxLength: 20 }),
);
const value = fc.oneof(
  fc.constantFrom(
    'CA1',
    'unknown',
    '12.5',
    'true',
    'null',
    '',
    '{{x}}',
    '2125550123',
    'gif',
    'a:b,c',
    '{"k":"v"}',
  ),
  fc.string({ unit: codePoint, maxLength: 50 }),
  fc.jsonValue(),
);
const payload = fc.dictionary(name, value, { maxKeys: 8 });
const encoded = fc
  .array(fc.tuple(name, value), { maxLength: 8 })
  .map((pairs) =>
    pairs
      .map(
        ([left, right]) =>
          `${encode(left)}=${encode(typeof right === 'string' ? right : JSON.stringify(right))}`,
      )
      .join('&'),
  );
const body = fc.oneof(
  fc
    .oneof(
      payload.map((one) => JSON.stringify(one)),
      encoded,
      fc.string({ unit: codePoint, maxLength: 300 }),
    )
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const type = fc.constantFrom(
  json,
  form,
  'text/plain',
  '',
  'text/xml',
  'x/y; z',
  'application/json; charset=x',
);
const headers = fc.dictionary(
  fc.constantFrom(
    'idempotency-key',
    'purpose',
    'user-agent',
    'cookie',
    'x-any',
    'accept',
    'content-encoding',
  ),
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '').trim()),
);
const path = fc.constantFrom(
  '/update-fields',
  '/update-fields.gif',
  '/update-revenue',
  '/update-tags',
  '/update-fields/',
);

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const statuses = new Set<number>([
  200,
  202,
  204,
  ...Object.values(rejectionCodes).map(({ httpStatus }) => httpStatus),
]);
for (const status of [500, 503]) statuses.delete(status);

async function expectAnswered(
  url: string,
  method: string,
  init: { headers: Record<string, string>; body?: Buffer },
) {
  const answer = await server.request(url, {
    method,
    ...init,
    headers: { 'x-auth-key': webhook.auth_key, ...init.headers },
  });
  expect(statuses).toContain(answer.status);
  const entry = await server.api('GET', `/postbacks/${answer.headers.get('x-postback-id')}`);
  expect(entry.status).toBe(200);
  expect(entry.json.status).toBe(answer.headers.get('x-postback-status'));
}

/** Two requests each, one after another; a loaded machine takes 100 ms for them. */
const numRuns = 150;

test('posted gets a documented answer, and is in the log', { timeout: 90_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(path, encoded, type, headers, body, async (url, query, contentType, others, bytes) => {
      const sent = { ...others, ...(contentType && { 'content-type': contentType }) };
      await expectAnswered(`${url}?${query}`, 'POST', { headers: sent, body: bytes });
    }),
    { numRuns },
  );
});

test('sent in a URL gets a documented answer, and is in the log', { timeout: 90_000 }, async () => {
  const wild = fc
    .string({ unit: codePoint, maxLength: 200 })
    .map((text) => text.replaceAll(/[^\x21-\x7e]|#/g, '%'));
  await fc.assert(
    fc.asyncProperty(path, fc.oneof(encoded, wild), headers, async (url, query, others) => {
      await expectAnswered(`${url}?${query}`, 'GET', { headers: others });
    }),
    { numRuns },
  );
});
