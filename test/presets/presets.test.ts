/** Every preset, by its fixtures: what the platform sends, and what it must become (presets/fixtures). */
import { describe, expect, test } from 'vitest';
import { loadPresets } from '../../src/presets.ts';
import { expectProblem } from '../support/problem.ts';
import { type Fixture, fixtureFolders, readFixtures } from '../support/requests/preset-fixtures.ts';
import { type TestServer, useServer } from '../support/server.ts';
import { createCallsBefore, publicUrl, sendFixture, setUpPlatform } from './send-fixture.ts';

const server = useServer({ publicUrl });

const presets = [...loadPresets().values()];

async function expectCalls(account: TestServer, { calls }: Fixture): Promise<void> {
  for (const call of calls) expect(await account.readCall(call.call_log_id)).toMatchObject(call);
  const { json } = await account.api('GET', '/calls');
  expect(json.items).toHaveLength(calls.length);
}

describe.each(presets)('$name', (preset) => {
  test.each([...readFixtures(preset.name)])('%s', async (name, fixture) => {
    const platform = await setUpPlatform(server, preset, name);
    await createCallsBefore(platform.account, fixture);
    for (const request of fixture.requests) {
      const answer = await sendFixture(platform, request);
      expect(answer.json).not.toHaveProperty('code');
      expect([200, 201, 202]).toContain(answer.status);
      expect(answer.json?.summary?.rejected ?? 0).toBe(0);
    }
    await expectCalls(platform.account, fixture);
  });

  test.skipIf(preset.verify === null)('rejects the same request if another sender signs it', async () => {
    const { account, webhook } = await setUpPlatform(server, preset, 'another signer');
    const [fixture] = readFixtures(preset.name).values();
    const unsigned = { account, webhook, signer: { secret: '', sign: () => ({}) } };
    for (const request of fixture?.requests ?? []) {
      expect((await sendFixture(unsigned, request)).json).toMatchObject({
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

test('the API lists them in pages', async () => {
  const names: string[] = [];
  let page = '';
  do {
    const { json } = await server.api('GET', `/presets?limit=10${page}`);
    expect(json.items.length).toBeLessThanOrEqual(10);
    names.push(...json.items.map(({ name }: { name: string }) => name));
    page = json.next_cursor === null ? '' : `&cursor=${json.next_cursor}`;
  } while (page !== '');
  expect(names).toEqual(presets.map(({ name }) => name));
  const whole = await server.api('GET', `/presets?limit=${presets.length}`);
  expect(whole.json.next_cursor).toBeNull();
  expectProblem(await server.api('GET', '/presets?cursor=eA'), 422, 'invalid_value');
  expectProblem(await server.api('GET', '/presets?limit=501'), 422, 'invalid_value');
});

test('every fixture belongs to a preset', () => {
  expect(fixtureFolders().sort()).toEqual(presets.map(({ name }) => name).sort());
});
