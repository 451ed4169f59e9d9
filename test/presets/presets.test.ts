/** Every preset, by its fixtures: what the platform sends, and what it must become (presets/fixtures). */
import { describe, expect, test } from 'vitest';
import type { Preset } from '../../src/core/mapping/preset.ts';
import { loadPresets } from '../../src/presets.ts';
import { addAccount } from '../support/accounts.ts';
import {
  type Fixture,
  type FixtureRequest,
  fixtureFolders,
  readFixtures,
} from '../support/preset-fixtures.ts';
import { type Answer, type TestServer, type TestWebhook, useServer } from '../support/server.ts';
import { createSigner, type Signer } from '../support/sign-request.ts';

const publicUrl = 'https://hooks.example.com/ringback';
const server = useServer({ publicUrl });

const presets = [...loadPresets().values()];

/** A webhook of its own account, which trusts only its platform. */
async function setUp(preset: Preset, what: string) {
  const account = await addAccount(server, `${preset.name} ${what}`);
  const signer = preset.verify === null ? null : createSigner(preset.verify);
  const webhook = await account.server.createWebhook(preset.type, {
    preset: preset.name,
    ...(signer !== null && { secrets: [signer.secret] }),
  });
  expect(webhook).toMatchObject({ auth_key: expect.any(String) });
  return { account: account.server, signer, webhook };
}

async function send(
  account: TestServer,
  webhook: TestWebhook,
  { method = 'POST', batch = false, query = {}, form, json, ndjson }: FixtureRequest,
  signer: Signer | null,
): Promise<Answer> {
  const path = new URL(webhook.url).pathname.replace(new URL(publicUrl).pathname, '');
  const parameters = new URLSearchParams({ auth_key: webhook.auth_key, ...query });
  const address = `${path}${batch ? '/batch' : ''}?${parameters}`;
  const [contentType, body] =
    form !== undefined
      ? ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()]
      : ndjson !== undefined
        ? ['application/x-ndjson', ndjson.map((line) => JSON.stringify(line)).join('\n')]
        : ['application/json', json === undefined ? '' : JSON.stringify(json)];
  const signed = signer?.sign({ method, url: publicUrl + address, form, body });
  return account.request(address, {
    method,
    headers: { ...signed, ...(method === 'POST' && { 'content-type': contentType }) },
    ...(method === 'POST' && { body }),
  });
}

async function expectCalls(account: TestServer, { calls }: Fixture): Promise<void> {
  for (const call of calls) expect(await account.readCall(call.call_log_id)).toMatchObject(call);
  const { json } = await account.api('GET', '/calls');
  expect(json.items).toHaveLength(calls.length);
}

describe.each(presets)('$name', (preset) => {
  test.each([...readFixtures(preset.name)])('%s', async (name, fixture) => {
    const { account, signer, webhook } = await setUp(preset, name);
    for (const { call_log_id: id, ...call } of fixture.before ?? [])
      await account.createCall(String(id), call);
    for (const request of fixture.requests) {
      const answer = await send(account, webhook, request, signer);
      expect(answer.json).not.toHaveProperty('code');
      expect([200, 201, 202]).toContain(answer.status);
      expect(answer.json?.summary?.rejected ?? 0).toBe(0);
    }
    await expectCalls(account, fixture);
  });

  test.skipIf(preset.verify === null)('rejects the same request if another sender signs it', async () => {
    const { account, webhook } = await setUp(preset, 'another signer');
    const [fixture] = readFixtures(preset.name).values();
    const stranger: Signer = { secret: '', sign: () => ({}) };
    for (const request of fixture?.requests ?? []) {
      expect((await send(account, webhook, request, stranger)).json).toMatchObject({
        status: 403,
        code: 'invalid_signature',
      });
    }
    expect((await account.api('GET', '/calls')).json.items).toEqual([]);
  });

  test('says what to do at the platform', () => {
    expect(preset.setup.join(' ')).toMatch(/\{url\}|as it is shown here/);
    for (const link of preset.docs) expect(link).toMatch(/^https:\/\//);
  });
});

test('the API lists them, with all that a person needs at the platform', async () => {
  const { json } = await server.api('GET', '/presets');
  expect(json).toEqual({ items: presets, next_cursor: null });
});

test('every fixture belongs to a preset', () => {
  expect(fixtureFolders().sort()).toEqual(presets.map(({ name }) => name).sort());
});
