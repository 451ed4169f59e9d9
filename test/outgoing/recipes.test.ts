/** The recipes of docs/outgoing.md as they are written, and all presets: really sent, with only the host of the receiver replaced. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outgoingPresets } from '../../src/http/operator/outgoing/outgoing-presets.ts';
import { type Receiver, startReceiver } from '../support/programs/receiver.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const incoming = useWebhook(server);

const docs = readFileSync(new URL('../../docs/outgoing.md', import.meta.url), 'utf8');
/** The bodies that the page sends to create a webhook. */
const recipes = [...docs.matchAll(/ -d '(\{\s*"name".*?\})'$/gms)].map(([, json = '']) => JSON.parse(json));

let calls = 0;

/** Creates a webhook, sends what it sends to a receiver here, and has a call converted. @returns what the receiver got */
async function send(settings: object, receiver: Receiver) {
  const { status, json: created } = await server.api('POST', '/webhooks/outgoing', settings);
  expect({ status, created }).toMatchObject({ status: 201 });
  const written = /^https:\/\/[^/]+/.exec(created.url)?.[0] ?? '';
  const url = created.url.replace(written, receiver.url);
  expect((await server.api('PATCH', `/webhooks/outgoing/${created.id}`, { url })).status).toBe(200);
  calls += 1;
  const id = `recipe ${calls}`;
  const tags = { clickid: 'a b', fbc: 'fb.1' };
  await server.createCall(id, {
    phone_number: '+12135550142',
    campaign: 'Roofing',
    buyer: 'Best Roofs',
    tags,
  });
  await server.post(incoming, { call_log_id: id, converted: true, revenue_paid_out: '12.50' });
  // Its creation may be an event too: the last delivery is of the conversion.
  const isConversionDelivered = async () => {
    const { json } = await server.api('GET', `/deliveries?webhook_id=${created.id}&call_log_id=${id}`);
    const [last] = json.items;
    if (last?.status !== 'delivered') return false;
    const { payload } = (await server.api('GET', `/deliveries/${last.id}`)).json;
    return payload.changes.converted?.to === true;
  };
  await expect.poll(isConversionDelivered).toBe(true);
  const {
    method,
    url: path,
    headers,
    body,
  } = receiver.received.at(-1) ?? { method: '', url: '', headers: {}, body: '' };
  await server.api('DELETE', `/webhooks/outgoing/${created.id}`);
  return { id, method, url: `${written}${path}`, headers, body };
}

const expected: Record<string, (id: string) => object> = {
  Tracker: () => ({ method: 'GET', url: 'https://t.example/postback?cid=a%20b&payout=12.50', body: '' }),
  Voluum: (id) => ({
    method: 'GET',
    url: `https://track.example.com/postback?cid=a%20b&payout=12.50&txid=${encodeURIComponent(id)}`,
  }),
  Slack: (id) => ({
    ...{ method: 'POST', url: 'https://hooks.slack.com/services/T000/B000/XXXX' },
    body: expect.stringContaining(`{"text":"Call converted: ${id} · Roofing · Best Roofs · `),
  }),
  Meta: () => ({
    ...{ method: 'POST', url: 'https://graph.facebook.com/v23.0/1234567890/events' },
    headers: expect.objectContaining({
      authorization: 'Bearer %E2%80%A6',
      'content-type': 'application/json',
    }),
    body: expect.stringMatching(/"ph":\["[0-9a-f]{64}"\],"fbc":"fb.1".*"currency":"USD","value":12.50/),
  }),
  CRM: (id) => ({
    ...{ method: 'PUT', url: `https://crm.example/api/calls/${encodeURIComponent(id)}` },
    body: '{"won":true,"amount":12.50}',
  }),
};

test('the page has these recipes', () => {
  expect(recipes.map(({ name }) => name)).toEqual(Object.keys(expected));
});

test.each(recipes)('$name is received as its receiver takes it', async (settings) => {
  const { id, ...got } = await send(settings, await startReceiver());
  expect(got).toMatchObject(expected[settings.name]?.(id) ?? {});
});

test.each([...outgoingPresets.values()])('$name is sent in full', async ({ name, variables, settings }) => {
  const values = Object.fromEntries(variables.map((variable) => [variable.name, variable.example]));
  const body = { name, preset: name, values, events: ['call.converted'] };
  const got = await send(body, await startReceiver());
  expect(got.method).toBe(settings.method);
  expect(got.url + got.body).not.toMatch(/\[[A-Z]|%5B[A-Z]|\{[a-z_]+\}/);
  if (got.body !== '') expect(JSON.parse(got.body)).toBeTypeOf('object');
});
