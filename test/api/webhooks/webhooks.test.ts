/** `/webhooks/incoming`: the senders' endpoints and their settings. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { sendWithKey } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const publicUrl = 'https://hooks.example.com/ringback';
const unknownId = '0199aaaa-0000-7000-8000-000000000001';

const server = useServer({ publicUrl });

beforeAll(async () => {
  await server.createCall('C1');
});

const withKey = (key: string, path?: string) => sendWithKey(server, key, path);

async function create(body: object): Promise<TestWebhook & Record<string, unknown>> {
  const answer = await server.api('POST', '/webhooks/incoming', body);
  expect(answer.status, answer.text).toBe(201);
  return answer.json;
}

describe('a new webhook', () => {
  test('has defaults, a key, and a URL that is ready to paste', async () => {
    const answer = await server.api('POST', '/webhooks/incoming', {
      name: ' Acme CRM ',
      type: 'update_fields',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { auth_key, id, created_at } = answer.json;
    expect(auth_key).toMatch(/^\S{32,}$/);
    expect(answer.json).toEqual({
      id,
      name: 'Acme CRM',
      type: 'update_fields',
      match_window_hours: 168,
      match_rule: 'latest',
      repeats: {},
      same_transaction: 'refuse',
      allowed_addresses: null,
      rate_limit_per_minute: null,
      allowed_fields: null,
      accepts_get: true,
      unmatched: 'refuse',
      wait_hours: 72,
      preset: null,
      mapping: null,
      verify: null,
      on_unreadable: 'refuse',
      signature_required: false,
      paused: false,
      created_at,
      updated_at: created_at,
      auth_key,
      url: `${publicUrl}/update-fields?auth_key=${auth_key}`,
    });
    expect(await withKey(auth_key)).toBe('200 ok');
  });

  test.each([
    ['update_fields', 'update-fields'],
    ['update_revenue', 'update-revenue'],
    ['update_tags', 'update-tags'],
  ])('of the type %s opens the endpoint /%s alone', async (type, path) => {
    const { auth_key, url } = await create({ name: type, type, match_window_hours: 1, match_rule: 'only' });
    expect(url).toBe(`${publicUrl}/${path}?auth_key=${auth_key}`);
    for (const endpoint of ['update-fields', 'update-revenue', 'update-tags']) {
      const answer = await server.request(
        `/${endpoint}?auth_key=${auth_key}&call_log_id=C1&revenue=1&reason=x&add=a`,
      );
      expect(answer.status).toBe(endpoint === path ? 200 : 403);
    }
  });

  test('shows its key this once: it is stored as a hash, and no answer tells it again', async () => {
    const { id, auth_key } = await create({ name: 'Secretive', type: 'update_fields' });
    await withKey(auth_key);
    const shown = [
      await server.api('GET', `/webhooks/incoming/${id}`),
      await server.api('GET', '/webhooks/incoming?limit=500'),
      await server.api('PATCH', `/webhooks/incoming/${id}`, { name: 'Still' }),
      await server.api('GET', `/postbacks?webhook_id=${id}`),
    ];
    for (const answer of shown) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(auth_key);
      expect(answer.text).not.toContain('auth_key"');
    }
    const tables = await server.database.query(`select tablename from pg_tables where schemaname = 'public'`);
    for (const { tablename } of tables) {
      const rows = await server.database.query(`select to_json(t)::text as row from ${tablename} t`);
      expect(JSON.stringify(rows)).not.toContain(auth_key);
    }
    const hash = createHash('sha256').update(auth_key).digest();
    const stored = await server.database.query('select webhook_id from auth_key where key_hash = $1', [hash]);
    expect(stored).toEqual([{ webhook_id: id }]);
  });

  test('keys are never the same', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, () => create({ name: 'Many', type: 'update_tags' })),
    );
    expect(new Set(made.map(({ auth_key }) => auth_key)).size).toBe(10);
    expect(new Set(made.map(({ id }) => id)).size).toBe(10);
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['name: invalid_value', 'type: invalid_value']],
    [
      'all that is wrong',
      { name: ' ', type: 'update', match_window_hours: 0, match_rule: 'best', paused: true, nope: 1 },
      [
        'match_rule: invalid_value',
        'match_window_hours: invalid_value',
        'name: invalid_value',
        'nope: unknown_field',
        'paused: unknown_field',
        'type: invalid_value',
      ],
    ],
    ['a long name', { name: 'x'.repeat(201), type: 'update_tags' }, ['name: invalid_value']],
    ['NUL in the name', { name: 'a\0b', type: 'update_tags' }, ['name: invalid_value']],
    ['broken Unicode in the name', { name: 'a\udc00', type: 'update_tags' }, ['name: invalid_value']],
    ['a name that is no text', { name: 5, type: 'update_tags' }, ['name: invalid_value']],
    [
      '91 days',
      { name: 'x', type: 'update_tags', match_window_hours: 2161 },
      ['match_window_hours: invalid_value'],
    ],
    [
      'half an hour',
      { name: 'x', type: 'update_tags', match_window_hours: 1.5 },
      ['match_window_hours: invalid_value'],
    ],
    [
      'words that are no policies',
      { name: 'x', type: 'update_fields', repeats: { '*': 'overwrite', reason: 5, 'a/b~c': 'no' } },
      ['repeats.*: invalid_value', 'repeats.a~1b~0c: invalid_value', 'repeats.reason: invalid_value'],
    ],
    [
      'policies that are no object',
      { name: 'x', type: 'update_tags', repeats: 5 },
      ['repeats: invalid_value'],
    ],
    [
      'hours as text',
      { name: 'x', type: 'update_tags', match_window_hours: '24' },
      ['match_window_hours: invalid_value'],
    ],
    [
      'a missing name, hours as text, fields of another type and a mapping that cannot be read',
      {
        type: 'update_tags',
        match_window_hours: '24',
        allowed_fields: ['revenue'],
        mapping: { fields: { nothing: 'x' } },
      },
      [
        '/fields/nothing: mapping_invalid',
        'allowed_fields.0: invalid_value',
        'match_window_hours: invalid_value',
        'name: invalid_value',
      ],
    ],
  ])('is rejected for %s, and every fault is told', async (_what, body, faults) => {
    const answer = await server.api('POST', '/webhooks/incoming', body);
    expect(answer.status).toBe(422);
    expect(faultsOf(answer).sort()).toEqual(faults);
  });

  test('is rejected for unknown fields, however many', async () => {
    const body = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`unknown/${at}`, at]));
    const answer = await server.api('POST', '/webhooks/incoming', {
      ...body,
      name: 'x',
      type: 'update_tags',
    });
    expectProblem(answer, 422, 'unknown_field');
    expect(faultsOf(answer)).toEqual(Object.keys(body).map((name) => `${name}: unknown_field`));
    const huge = Object.fromEntries(Array.from({ length: 6_000 }, (_, at) => [at, 0]));
    const rejection = await server.api('POST', '/webhooks/incoming', huge);
    expectProblem(rejection, 422, 'invalid_value');
    expect(rejection.text.length).toBeLessThan(100_000);
  });

  test('is rejected without a JSON object', async () => {
    expectProblem(await server.api('POST', '/webhooks/incoming'), 400, 'malformed_body');
    expectProblem(await server.api('POST', '/webhooks/incoming', []), 400, 'malformed_body');
  });

  test('takes 200 characters of any kind as its name', async () => {
    const name = '😀'.repeat(200);
    expect((await create({ name, type: 'update_tags' }))['name']).toBe(name);
  });
});

describe('a webhook', () => {
  test('is read and changed', async () => {
    const {
      id,
      auth_key: _key,
      url: _url,
      ...made
    } = await create({ name: 'Before', type: 'update_fields' });
    expect((await server.api('GET', `/webhooks/incoming/${id}`)).json).toEqual({ id, ...made });
    const changes = { name: 'After', match_window_hours: 2160, match_rule: 'longest' };
    const { status, json } = await server.api('PATCH', `/webhooks/incoming/${id}`, changes);
    expect(status).toBe(200);
    expect(json).toEqual({ id, ...made, ...changes, updated_at: json.updated_at });
    expect(json.updated_at >= String(made['updated_at'])).toBe(true);
    expect((await server.api('GET', `/webhooks/incoming/${id}`)).json).toEqual(json);
  });

  test('is changed as a whole or not at all', async () => {
    const { id } = await create({ name: 'Whole', type: 'update_fields' });
    const body = { name: 'Other', match_rule: 'best', paused: 'yes', type: 'update_tags', nope: 1 };
    const answer = await server.api('PATCH', `/webhooks/incoming/${id}`, body);
    expect(faultsOf(answer).sort()).toEqual([
      'match_rule: invalid_value',
      'nope: unknown_field',
      'paused: invalid_value',
      'type: unknown_field',
    ]);
    expect((await server.api('GET', `/webhooks/incoming/${id}`)).json.name).toBe('Whole');
  });

  test('matches by its current rule and window', async () => {
    const { id, auth_key } = await create({ name: 'Rules', type: 'update_fields' });
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    for (const hours of [1, 2, 30]) {
      await server.createCall(`${hours} hours ago`, {
        phone_number: '+14155550142',
        started_at: hoursAgo(hours),
      });
    }
    const match = async () => {
      const query = new URLSearchParams({
        auth_key,
        phone_number: '+14155550142',
        reason: 'x',
        dry_run: 'true',
      });
      return (await server.request(`/update-fields?${query}`)).json;
    };
    expect(await match()).toMatchObject({ call_log_id: '1 hours ago', candidates: 3 });
    await server.api('PATCH', `/webhooks/incoming/${id}`, { match_rule: 'first' });
    expect(await match()).toMatchObject({ call_log_id: '30 hours ago', candidates: 3 });
    await server.api('PATCH', `/webhooks/incoming/${id}`, { match_window_hours: 24 });
    expect(await match()).toMatchObject({ call_log_id: '2 hours ago', candidates: 2 });
    await server.api('PATCH', `/webhooks/incoming/${id}`, { match_rule: 'only' });
    expect(await match()).toMatchObject({ code: 'ambiguous_call' });
  });

  test('is paused and resumed from the very next postback on', async () => {
    const { id, auth_key } = await create({ name: 'Pausing', type: 'update_fields' });
    for (const [paused, expected] of [
      [true, '403 webhook_paused'],
      [false, '200 ok'],
      [true, '403 webhook_paused'],
    ]) {
      expect(await withKey(auth_key)).not.toBe(expected);
      const { json } = await server.api('PATCH', `/webhooks/incoming/${id}`, { paused });
      expect(json.paused).toBe(paused);
      expect(await withKey(auth_key)).toBe(expected);
    }
  });

  test('is deleted: its keys open nothing, and what it did stays in the log', async () => {
    const { id, auth_key } = await create({ name: 'Leaving', type: 'update_fields' });
    expect(await withKey(auth_key)).toBe('200 ok');
    const answer = await server.api('DELETE', `/webhooks/incoming/${id}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await withKey(auth_key)).toBe('401 invalid_auth_key');
    const byId = `/webhooks/incoming/${id}`;
    expectProblem(await server.api('GET', byId), 404, 'not_found');
    expectProblem(await server.api('PATCH', byId, { paused: false }), 404, 'not_found');
    expectProblem(await server.api('DELETE', byId), 404, 'not_found');
    expectProblem(await server.api('POST', `${byId}/rotate-key`), 404, 'not_found');
    const listed = (await server.api('GET', '/webhooks/incoming?limit=500')).json.items;
    expect(listed.map((webhook: TestWebhook) => webhook.id)).not.toContain(id);
    const { items } = (await server.api('GET', `/postbacks?webhook_id=${id}`)).json;
    expect(items).toMatchObject([{ webhook_id: id, webhook_name: 'Leaving', status: expect.any(String) }]);
  });

  test.each([unknownId, 'x', '%00', unknownId.slice(1), `${unknownId}/`])(
    'with the id %s is not there',
    async (id) => {
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/rotate-key'],
      ] as const) {
        if (id.endsWith('/') && path !== '') continue;
        const body = method === 'PATCH' ? { paused: true } : undefined;
        expectProblem(await server.api(method, `/webhooks/incoming/${id}${path}`, body), 404, 'not_found');
      }
    },
  );
});

test('the list shows every webhook once, newest first, while more are made', async () => {
  const whole = (await server.api('GET', '/webhooks/incoming?limit=500')).json;
  expect(whole.next_cursor).toBeNull();
  const ids = whole.items.map(({ id }: TestWebhook) => id);
  expect(ids).toEqual([...ids].sort().reverse());
  const walked: TestWebhook[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: TestWebhook[]; next_cursor: string | null } = (
      await server.api('GET', `/webhooks/incoming?limit=4&cursor=${cursor}`)
    ).json;
    walked.push(...page.items);
    cursor = walked.length > 200 ? null : page.next_cursor;
    await create({ name: 'Meanwhile', type: 'update_tags' });
  }
  expect(walked).toEqual(whole.items);
  const answer = await server.api('GET', '/webhooks/incoming?limit=501&cursor=x&name=y');
  expectProblem(answer, 422, 'unknown_field');
  expect(faultsOf(answer)).toEqual(['name: unknown_field', 'limit: invalid_value', 'cursor: invalid_value']);
});
