/** Presets of receivers: what each sends for the sample event, and how a webhook is made with it. */
import { expect, test } from 'vitest';
import { eventTypes } from '../../src/core/outgoing/events/event-type.ts';
import { sampleEvent } from '../../src/core/outgoing/events/sample-event.ts';
import { fillPreset } from '../../src/core/outgoing/preset.ts';
import { faultsOfRequest, renderRequest } from '../../src/core/outgoing/requests/request.ts';
import { outgoingPresets } from '../../src/http/operator/outgoing/outgoing-presets.ts';
import { expectProblem } from '../support/problem.ts';
import { startTestServer } from '../support/server.ts';

const names = [
  'everflow',
  'keitaro',
  'meta_conversions',
  'redtrack',
  'ringba',
  'slack',
  'telegram',
  'voluum',
  'zapier',
];

test('all are there', () => expect([...outgoingPresets.keys()]).toEqual(names));

test.each([...outgoingPresets.values()])('$name sends what its example says', (preset) => {
  const values = Object.fromEntries(preset.variables.map(({ name, example }) => [name, example]));
  const settings = fillPreset(preset, values);
  expect(faultsOfRequest(settings)).toEqual([]);
  for (const type of settings.events) expect(eventTypes).toContain(type);
  expect(JSON.stringify(settings)).not.toMatch(/\{[a-z_]+\}/);
  const event = sampleEvent('call.converted', 'evt_test', '2026-11-23T10:03:05.000Z');
  const sent = renderRequest(settings, event, 'UTC');
  if ('skipped' in sent) throw new Error(sent.skipped);
  expect(sent.url).toBe(preset.example.url);
  if (settings.format === 'event') expect(JSON.parse(sent.body ?? '')).toEqual(event);
  else expect(sent.body === null ? null : JSON.parse(sent.body)).toEqual(preset.example.body);
  expect(() => new URL(sent.url)).not.toThrow();
});

test('every fault of the settings is told at once', async () => {
  const server = await startTestServer();
  const faultsOf = async (method: string, path: string, body: object) => {
    const { json } = await server.api(method, path, body);
    expect(json).toMatchObject({ status: 422 });
    return json.errors.map(({ field, code }: { field: string; code: string }) => `${field}: ${code}`).sort();
  };
  const path = '/webhooks/outgoing';
  const missing = ['events: invalid_value', 'name: invalid_value', 'url: invalid_value'];
  expect(await faultsOf('POST', path, {})).toEqual(missing);
  const wrong = { url: 'ftp://x', events: ['nothing'], preset: 'nothing', headers: { a: '[NOTHING]' } };
  const all = ['events.0: invalid_value', 'headers.a: unknown_macro', 'name: invalid_value'];
  const others = ['preset: invalid_value', 'url: url_not_allowed'];
  expect(await faultsOf('POST', path, wrong)).toEqual([...all, ...others]);
  const settings = { name: 'x', url: 'https://t.example/', events: ['call.created'] };
  const { id } = (await server.api('POST', path, settings)).json;
  expect(await faultsOf('PATCH', `${path}/${id}`, { name: 5, url: 'ftp://x', resume: 'all' })).toEqual([
    'name: invalid_value',
    'resume: conflicting_field',
    'url: url_not_allowed',
  ]);
  await server.stop();
});

test('a webhook is made with a preset, its values, and settings of its own', async () => {
  const server = await startTestServer();
  const { json: list } = await server.api('GET', '/presets?kind=outgoing');
  expect(list.items.map(({ name }: { name: string }) => name)).toEqual(names);
  const create = (body: object) => server.api('POST', '/webhooks/outgoing', { name: 'x', ...body });
  const { json } = await create({
    preset: 'voluum',
    values: { domain: 't.example' },
    events: ['call.completed'],
  });
  expect(json).toMatchObject({ preset: 'voluum', method: 'GET', empty: 'skip', events: ['call.completed'] });
  expect(json.url).toMatch(/^https:\/\/t\.example\/postback\?cid=\[TAG\.clickid\]/);
  expectProblem(await create({ preset: 'voluum' }), 422, 'url_not_allowed');
  expectProblem(await create({ preset: 'nothing' }), 422, 'invalid_value');
  expectProblem(
    await create({ url: 'https://t.example/?x=[NOTHING]', events: ['call.created'] }),
    422,
    'unknown_macro',
  );
  expectProblem(await create({ url: 'https://t.example/' }), 422, 'invalid_value');
  await server.stop();
});
