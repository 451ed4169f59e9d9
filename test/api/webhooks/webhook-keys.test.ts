import { beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from '../../support/problem.ts';
import { sendWithKey } from '../../support/senders.ts';
import { useServer } from '../../support/server.ts';

const publicUrl = 'https://hooks.example.com/ringback';
const _unknownId = '0199aaaa-0000-7000-8000-000000000001';

const server = useServer({ publicUrl });

beforeAll(async () => {
  await server.createCall('C1');
});

const withKey = (key: string, path?: string) => sendWithKey(server, key, path);

describe('a key', () => {
  const rotate = (id: string, body?: object) =>
    server.api('POST', `/webhooks/incoming/${id}/rotate-key`, body);

  test('is rotated: the old one stays valid for 24 hours', async () => {
    const { id, auth_key: oldKey } = await server.createWebhook('update_fields', { name: 'Rotating' });
    expect(await withKey(oldKey)).toBe('200 ok');
    const answer = await rotate(id);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { auth_key: newKey, old_keys_expire_at, url } = answer.json;
    expect(newKey).not.toBe(oldKey);
    expect(url).toBe(`${publicUrl}/update-fields?auth_key=${newKey}`);
    const hours = (Date.parse(old_keys_expire_at) - Date.now()) / 3_600_000;
    expect(Math.round(hours * 100) / 100).toBe(24);
    expect([await withKey(oldKey), await withKey(newKey)]).toEqual(['200 ok', '200 ok']);
  });

  test('is rotated without grace: the old one ends at once', async () => {
    const { id, auth_key: oldKey } = await server.createWebhook('update_fields', { name: 'Leaked' });
    expect(await withKey(oldKey)).toBe('200 ok');
    const newKey = (await rotate(id, { grace_hours: 0 })).json.auth_key;
    expect([await withKey(oldKey), await withKey(newKey)]).toEqual(['401 invalid_auth_key', '200 ok']);
  });

  test('ends when its grace is over, though it was used and cached before', async () => {
    const { id, auth_key: oldKey } = await server.createWebhook('update_fields', { name: 'Grace' });
    const newKey = (await rotate(id, { grace_hours: 1 / 3_600 })).json.auth_key; // a second
    await expect.poll(() => withKey(oldKey)).toBe('401 invalid_auth_key');
    expect(await withKey(newKey)).toBe('200 ok');
  });

  test('keeps the earlier end when it is rotated again', async () => {
    const { id, auth_key: first } = await server.createWebhook('update_fields', { name: 'Again' });
    const second = (await rotate(id, { grace_hours: 1 })).json.auth_key;
    const third = (await rotate(id, { grace_hours: 48 })).json.auth_key;
    expect([await withKey(first), await withKey(second), await withKey(third)]).toEqual([
      '200 ok',
      '200 ok',
      '200 ok',
    ]);
    const ends = await server.database.query(
      'select extract(epoch from expires_at - now()) / 3600 as hours from auth_key where webhook_id = $1 order by expires_at',
      [id],
    );
    expect(ends.map(({ hours }) => (hours === null ? null : Math.round(Number(hours))))).toEqual([
      1,
      48,
      null,
    ]);
    await rotate(id, { grace_hours: 0 });
    expect(await withKey(first)).toBe('401 invalid_auth_key');
    expect(await withKey(third)).toBe('401 invalid_auth_key');
  });

  test.each([{ grace_hours: -1 }, { grace_hours: 8761 }, { grace_hours: '24' }])(
    'is not rotated by %j',
    async (body) => {
      const { id, auth_key } = await server.createWebhook('update_fields', { name: 'Bad grace' });
      const answer = await rotate(id, body);
      expect(faultsOf(answer)).toEqual(['grace_hours: invalid_value']);
      expect(await withKey(auth_key)).toBe('200 ok');
    },
  );
});
