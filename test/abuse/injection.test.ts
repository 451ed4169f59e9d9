/** SQL, paths, headers and markup where an attacker puts them: they stay text, and reach nothing of others. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { addAccount, type TestAccount } from '../support/accounts.ts';
import { projectFolder } from '../support/programs/process.ts';
import { type ApiRoute, readApiRoutes } from '../support/requests/api-routes.ts';
import { headOf, sendRaw } from '../support/requests/raw-http.ts';
import { type TestWebhook, useServer } from '../support/server.ts';

const secret = 'belongs-to-the-other-account';

const server = useServer({ twilioAuthToken: 'kept-to-itself' });
let webhook: TestWebhook;
let other: TestAccount;
let lists: ApiRoute[];

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('mine', { phone_number: '+12125550100', campaign: 'Mine' });
  other = await addAccount(server, 'the other one');
  await other.server.createCall(secret, { campaign: secret, buyer: secret, tags: { [secret]: secret } });
  const routes = await readApiRoutes(server);
  lists = routes.filter(({ method, parameters }) => method === 'GET' && parameters.length > 0);
});

async function countRows(): Promise<unknown> {
  const tables = ['account', 'api_token', 'incoming_webhook', 'auth_key', 'call', 'call_event', 'postback'];
  const counts = tables.map((table) => `(select count(*) from ${table})::int as ${table}`);
  return (await server.database.query(`select ${counts.join()}`))[0];
}

/** Each would do harm, show others' rows or take seconds, if any of it reached the database as SQL. */
const sql = [
  "' or 1=1 --",
  "' or '1'='1",
  '" or ""="',
  "x'; delete from call; --",
  "x'); drop table postback; --",
  "' union select call_log_id, account_id::text, null from call --",
  "' || (select string_agg(call_log_id, ',') from call) || '",
  "'; select pg_sleep(20); --",
  '1 or pg_sleep(20) is null',
  "\\'; select pg_sleep(20); --",
  '$1',
  "%' or tags::text like '%",
  `${secret}' --`,
  'started_at; drop table call',
  'desc, (select pg_sleep(20))',
];

describe('SQL', () => {
  test('in every parameter of every list changes nothing, shows nothing of others and takes no time', async () => {
    const before = await countRows();
    expect(lists.length).toBeGreaterThan(3);
    for (const { path, parameters } of lists.filter(({ path }) => !path.endsWith('/events'))) {
      for (const parameter of parameters) {
        for (const text of sql) {
          const startMs = performance.now();
          const query = new URLSearchParams([[parameter, text]]);
          const answer = await server.request(`${path.replace(/\{\w+\}/, 'mine')}?${query}`, {
            headers: { authorization: `Bearer ${server.token}` },
          });
          const where = `${path} ${parameter} ${text}`;
          expect(answer.status, where).toBeLessThan(500);
          // A rejection may say again what was sent; rows of others it would show with more than that.
          if (answer.status < 400) expect(answer.text.replaceAll(text, ''), where).not.toContain(secret);
          expect(performance.now() - startMs, where).toBeLessThan(10_000);
        }
      }
    }
    expect(await countRows()).toEqual(before);
  });

  test('in every field of a postback is a value like any other', async () => {
    for (const text of sql) {
      await server.createCall(text);
      const add = { [text]: text };
      const answer = await server.post(webhook, {
        ...{ call_log_id: text, reason: text, transaction_id: text, add },
      });
      expect(answer).toMatchObject({ status: 200, json: { call_log_id: text } });
      expect(await server.readCall(text)).toMatchObject({ reason: text.trim(), tags: { [text]: text } });
      const found = await server.api('GET', `/postbacks?${new URLSearchParams({ transaction_id: text })}`);
      expect(found.json.items).toHaveLength(1);
    }
    expect((await other.server.api('GET', '/calls')).json.items).toHaveLength(1);
  });
});

describe('a path', () => {
  const up = ['..', '%2e%2e', '.%2e', '..%5c', '%252e%252e', '....//'];
  const targets = ['package.json', 'etc/passwd', 'src/main.ts', 'proc/self/environ', 'data/admin-token'];

  test.each(['/', '/assets/', '/docs/', '/api/v1/', '/calls/'])(
    'that climbs out of %s leads to no file',
    async (base) => {
      const packageJson = await readFile(`${projectFolder}package.json`, 'utf8');
      for (const step of up) {
        for (const slash of ['/', '%2f', '\\']) {
          for (const target of targets) {
            const path = `${base}${`${step}${slash}`.repeat(6)}${target}`;
            const answer = await sendRaw(server.url, headOf(`GET ${path}`));
            expect(answer?.status, path).toBeLessThan(500);
            for (const leak of ['root:x:0', 'ADMIN_TOKEN=', 'nodeMajorMin', packageJson.slice(0, 40)]) {
              expect(answer?.body ?? '', path).not.toContain(leak);
            }
          }
        }
      }
    },
  );

  test('with a NUL is nowhere', async () => {
    for (const path of ['/assets/%00', '/assets/index.js%00.html', '/%00', '/calls/%00']) {
      expect((await sendRaw(server.url, headOf(`GET ${path}`)))?.status, path).toBeLessThan(500);
    }
  });
});

describe('what a sender wrote', () => {
  const breaks = 'a\r\nSet-Cookie: stolen=1\r\n\r\n<script>alert(1)</script>';

  test('is in no header of an answer', async () => {
    await server.createCall('headers');
    const sent = await server.post(webhook, {
      ...{ call_log_id: 'headers', reason: 'x', transaction_id: breaks.slice(0, 100), [breaks]: breaks },
    });
    const asked = await server.get(webhook, [
      ['call_log_id', breaks],
      ['return', breaks],
      [breaks, breaks],
    ]);
    for (const { headers } of [sent, asked]) {
      expect(headers.get('set-cookie')).toBeNull();
      expect([...headers.values()].join()).not.toContain('stolen');
    }
  });

  test('comes back as JSON that no browser takes for a page', async () => {
    const script = '<script>alert(1)</script>';
    await server.createCall(script, { campaign: script });
    const answers = [
      await server.post(webhook, { call_log_id: script, reason: script, [script]: 1 }),
      await server.post(webhook, { call_log_id: `${script}?`, reason: script }),
      await server.get(webhook, [['call_log_id', script]]),
      await server.api('GET', `/calls/${encodeURIComponent(script)}`),
      await server.api('GET', `/calls?${new URLSearchParams({ state: script })}`),
      await server.request(`/${script}`),
    ];
    for (const { headers, text } of answers) {
      expect(headers.get('content-type'), text).toMatch(/^application\/(problem\+)?json/);
      // What is applied says only what was sent, to who sent it.
      if (!text.includes('"applied"')) expect(headers.get('x-content-type-options'), text).toBe('nosniff');
    }
  });
});
