/** Sends what a platform sends to a webhook of its preset, signed as the platform signs it. */
import type { Preset } from '../../src/core/mapping/preset.ts';
import { addAccount } from '../support/accounts.ts';
import type { Fixture, FixtureRequest } from '../support/requests/preset-fixtures.ts';
import { createSigner, type Signer } from '../support/requests/sign-request.ts';
import type { Answer, TestServer, TestWebhook } from '../support/server.ts';

export const publicUrl = 'https://hooks.example.com/ringback';

export type PlatformAccount = { account: TestServer; signer: Signer | null; webhook: TestWebhook };

/** A webhook in a separate account, which trusts only its platform. */
export async function setUpPlatform(
  server: TestServer,
  preset: Preset,
  what: string,
): Promise<PlatformAccount> {
  const account = await addAccount(server, `${preset.name} ${what}`);
  const signer = preset.verify === null ? null : createSigner(preset.verify);
  const webhook = await account.server.createWebhook(preset.type, {
    preset: preset.name,
    ...(signer !== null && { secrets: [signer.secret] }),
  });
  return { account: account.server, signer, webhook };
}

export async function sendFixture(
  { account, signer, webhook }: PlatformAccount,
  { method = 'POST', batch = false, query = {}, form, json, ndjson }: FixtureRequest,
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

export async function createCallsBefore(account: TestServer, { before = [] }: Fixture): Promise<void> {
  for (const { call_log_id: id, ...call } of before) await account.createCall(String(id), call);
}
