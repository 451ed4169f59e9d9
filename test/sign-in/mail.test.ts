/** Invitations and links for a new password by e-mail, with a real SMTP server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccount } from '../support/accounts.ts';
import { expectProblem } from '../support/problem.ts';
import { linkIn, type Mailbox, type Received, startMailbox } from '../support/programs/mailbox.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let mailbox: Mailbox;
let server: TestServer;
const password = 'correct horse battery';

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startTestServer({ mail: mailbox.settings, trustedProxies: ['127.0.0.1'] });
});

afterAll(async () => {
  await server.stop();
  await mailbox.stop();
});

const invite = (email: string, on = server) =>
  on.api('POST', '/people', { email, name: 'Ana', role: 'analyst' });
const requestReset = (email: string, from = '198.51.100.1') =>
  server.request('/api/v1/session/password-reset', {
    method: 'POST',
    body: { email },
    headers: { 'x-forwarded-for': from },
  });

async function accept(mail: Received | undefined, chosen = password) {
  if (mail === undefined) throw new Error('there is no such e-mail');
  const invitation = new URLSearchParams(linkIn(mail).hash.slice(1)).get('invitation');
  return server.request('/api/v1/session/invitation', {
    method: 'POST',
    body: { invitation, password: chosen },
  });
}

test('an invitation goes to the person, and its link sets the password', async () => {
  const { status, json } = await invite('ana@acme.example');
  expect([status, json.is_mailed]).toEqual([201, true]);
  const [mail] = await mailbox.wait('ana@acme.example');
  expect(mail).toMatchObject({ from: 'books@acme.example', to: ['ana@acme.example'] });
  expect(mail?.text).toMatch(/^Subject: Your invitation to Ringback on Ringback/m);
  expect(mail?.text).toContain('From: Ringback <books@acme.example>');
  expect(mail && linkIn(mail).href).toBe(json.invitation_url);
  expect((await accept(mail)).status).toBe(200);
});

test('a person requests a link for a new password; the answer is the same for an unknown address', async () => {
  const { json } = await invite('bo@acme.example');
  await accept((await mailbox.wait('bo@acme.example'))[0]);
  const asked = await requestReset(' Bo@acme.example ', '198.51.100.2');
  const unknown = await requestReset('missing@acme.example', '198.51.100.2');
  expect([asked.status, asked.text]).toEqual([202, unknown.text]);
  expect(unknown.status).toBe(202);
  const [, mail] = await mailbox.wait('bo@acme.example', 2);
  expect(mail?.text).toContain('A new password was requested');
  expect((await accept(mail, 'another horse battery')).status).toBe(200);
  expectProblem(await accept(mail), 401, 'invalid_token');
  const signIn = (tried: string) =>
    server.request('/api/v1/session/password', {
      method: 'POST',
      body: { email: 'bo@acme.example', password: tried },
    });
  expectProblem(await signIn(password), 401, 'invalid_password');
  expect((await signIn('another horse battery')).status).toBe(200);
  const { items } = (await server.api('GET', `/audit?actor_person_id=${json.id}`)).json;
  expect(items.map(({ action }: { action: string }) => action)).toContain('person.password_reset_requested');
});

test('a person of two accounts gets a link for each', async () => {
  const { server: other } = await addAccount(server, 'Other books');
  await invite('cy@acme.example');
  await invite('cy@acme.example', other);
  await mailbox.wait('cy@acme.example', 2);
  await requestReset('cy@acme.example', '198.51.100.3');
  const mails = (await mailbox.wait('cy@acme.example', 4)).slice(2);
  const opened = await Promise.all(mails.map((mail) => accept(mail)));
  expect(opened.map(({ json }) => json.account.name).sort()).toEqual(['Other books', 'Ringback']);
});

test('neither a mailbox nor the server is flooded', async () => {
  const of = (email: string, from: string) => requestReset(email, from).then(({ status }) => status);
  const toOne: number[] = [];
  for (let at = 0; at < 5; at += 1) toOne.push(await of('dee@acme.example', `203.0.113.${at}`));
  expect(toOne).toEqual([202, 202, 202, 429, 429]);
  const fromOne: number[] = [];
  for (let at = 0; at < 12; at += 1) fromOne.push(await of(`dee${at}@acme.example`, '203.0.113.99'));
  expect(fromOne.filter((status) => status === 429).length).toBeGreaterThan(0);
});

test('an SMTP server that does not take it leaves the link to copy', async () => {
  const strict = await startMailbox('another password');
  const unlucky = await startTestServer({ mail: strict.settings });
  const { status, json } = await invite('eve@acme.example', unlucky);
  expect([status, json.is_mailed]).toEqual([201, false]);
  expect(json.invitation_url).toContain('#invitation=rbi_');
  expect(strict.received).toEqual([]);
  await unlucky.stop();
  await strict.stop();
});

test('without SMTP the link is in the answer alone, and there is no link for a new password', async () => {
  const plain = await startTestServer();
  expect((await invite('fay@acme.example', plain)).json.is_mailed).toBe(false);
  const asked = await plain.request('/api/v1/session/password-reset', {
    method: 'POST',
    body: { email: 'fay@acme.example' },
  });
  expectProblem(asked, 404, 'not_found');
  await plain.stop();
});
