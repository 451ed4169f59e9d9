/** URLs as real senders' software makes them (docs/senders.md#encodings). */
import { describe, expect, test } from 'vitest';
import { useCall } from '../../support/calls.ts';
import { headOf, sendRaw } from '../../support/requests/raw-http.ts';
import { postText } from '../../support/senders.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);
const call = useCall(server);

const form = 'application/x-www-form-urlencoded';
const get = (query: string) => server.request(`/update-fields?${query}`);
const lastOfLog = async () => (await server.api('GET', '/postbacks?limit=1')).json.items[0];

describe('a URL', () => {
  test('may be copied out of HTML, with amp; before its names', async () => {
    const answer = await get(
      `call_log_id=${call.id}&amp;auth_key=${webhook.auth_key}&amp;converted=true&amp;amp;publisher_paid_out=8&revenue_paid_out=12.50`,
    );
    expect(answer.json).toMatchObject({
      status: 'applied',
      ignored: [],
      changes: { publisher_paid_out: { to: '8.00' }, revenue_paid_out: { to: '12.50' } },
    });
    const encoded = await get(
      `call_log_id=${call.id}&amp%3Bauth_key=${webhook.auth_key}&amp%3Breason=encoded`,
    );
    expect(encoded.json.changes).toMatchObject({ reason: { to: 'encoded' } });
    await server.post(webhook, { call_log_id: call.id, reason: null });
    const asForm = await postText(server, webhook, `call_log_id=${call.id}&amp;reason=x`, form);
    expect(asForm.json.changes).toEqual({ reason: { from: null, to: 'x' } });
    expect(JSON.stringify(await lastOfLog())).not.toContain('amp;');
    for (const entity of ['AMP;', '%23038;', '%2338%3B', '%23x26;']) {
      const answer = await get(
        `call_log_id=${call.id}&${entity}auth_key=${webhook.auth_key}&${entity}reason=${entity}`,
      );
      expect(answer.json.ignored, entity).toEqual([]);
    }
  });

  test.each([
    (key: string) => `auth_key=%20${key}`,
    (key: string) => `auth_key=${key}%0A`,
    (key: string) => `auth_key=+${key}%0D%0A`,
    (key: string) => `moja_auth_key=%20${key}%09`,
    (key: string) => `auth_key=%E2%80%8B${key}%EF%BB%BF`,
    (key: string) => `authKey=${key}`,
    (key: string) => `AUTH-KEY=${key}`,
    (key: string) => `mojaAuthKey=${key}`,
  ])('may have whitespace around the key, and another spelling of its name', async (keyOf) => {
    const answer = await get(`${keyOf(webhook.auth_key)}&call_log_id=${call.id}&converted=1`);
    expect(answer.json.status).toBe('applied');
  });

  test.each(['X-Auth-Key', 'Authorization'])(
    'a header %s may have whitespace around the key',
    async (name) => {
      const value = name === 'Authorization' ? `Bearer   ${webhook.auth_key}  ` : `  ${webhook.auth_key}  `;
      const head = headOf(`GET /update-fields?call_log_id=${call.id}&converted=1`, { [name]: value });
      expect((await sendRaw(server.url, head))?.status).toBe(200);
    },
  );

  test.each([
    ['?call_log_id=ID&converted=true', []],
    ['?converted=true&call_log_id=ID', []],
    ['?fields[converted]=true&call_log_id=ID', []],
    ['?utm_source=x&call_log_id=ID&converted=true', ['utm_source']],
    ['?call_log_id=ID?fields[converted]=true?return=json', []],
    ['?call_log_id=ID&note=why?not=1?converted=true', ['note']],
  ])('may have a second question mark: %s', async (appended, ignored) => {
    const answer = await get(`auth_key=${webhook.auth_key}${appended.replace('ID', call.id)}`);
    expect(answer.json).toMatchObject({ status: 'applied', ignored });
    expect((await server.readCall(call.id)).converted).toBe(true);
  });

  test('a question mark in a text stays', async () => {
    const answer = await get(`auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=why?&add[q]=a?b=c`);
    expect(answer.json.changes).toMatchObject({ reason: { to: 'why?' }, 'tags.q': { to: 'a?b=c' } });
  });

  test('with bytes that are not UTF-8 is rejected and logged, or read in the declared charset', async () => {
    const answer = await get(`auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=Caf%E9`);
    expect(answer.json).toMatchObject({ status: 400, code: 'malformed_body' });
    expect(answer.json.detail).toContain('UTF-8');
    expect(await lastOfLog()).toMatchObject({ id: answer.json.postback_id, code: 'malformed_body' });
    const declared = await server.request(
      `/update-fields?auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=Caf%E9`,
      { headers: { 'content-type': `${form}; charset=ISO-8859-1` } },
    );
    expect(declared.json.changes.reason.to).toBe('Café');
    const utf8 = await get(`auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=Caf%C3%A9%EF%BF%BD`);
    expect(utf8.json.changes.reason.to).toBe('Café\ufffd');
  });

  test.each(['Left a message', 'Café'])(
    'with characters that must be percent-encoded is told so, and is in the log: %s',
    async (reason) => {
      for (const key of [`auth_key=${webhook.auth_key}&`, '']) {
        const headers = key === '' ? { 'X-Auth-Key': webhook.auth_key } : {};
        const head = headOf(`GET /update-fields?${key}call_log_id=${call.id}&reason=${reason}`, headers);
        const answer = await sendRaw(server.url, Buffer.from(head));
        expect(answer?.status).toBe(400);
        expect(answer?.headers).toMatchObject({ 'access-control-allow-origin': '*' });
        const problem = JSON.parse(answer?.body ?? '');
        expect(problem).toMatchObject({
          code: 'malformed_body',
          detail: expect.stringContaining('ercent-encode'),
        });
        const logged = await lastOfLog();
        expect(logged).toMatchObject({ id: problem.postback_id, status: 'rejected', code: 'malformed_body' });
        expect(logged.request.query).toMatchObject({ call_log_id: call.id, reason });
        expect(JSON.stringify(logged)).not.toContain(webhook.auth_key);
      }
    },
  );

  test('that is too long is rejected for any origin, and is in the log', async () => {
    const note = 'x'.repeat(20_000);
    const query = `auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=long&note=${note}`;
    const answer = await sendRaw(server.url, headOf(`GET /update-fields?${query}`));
    expect(answer?.status).toBe(431);
    expect(answer?.headers).toMatchObject({ 'access-control-allow-origin': '*' });
    const problem = JSON.parse(answer?.body ?? '');
    expect(problem).toMatchObject({ code: 'headers_too_large', detail: expect.stringContaining('POST') });
    const logged = await lastOfLog();
    expect(logged).toMatchObject({ id: problem.postback_id, code: 'headers_too_large' });
    expect(logged.request.query).toMatchObject({ call_log_id: call.id, note });
    expect(JSON.stringify(logged)).not.toContain(webhook.auth_key);
  });

  test('a key that is unknown gets nothing into the log by that', async () => {
    const before = await lastOfLog();
    const answer = await sendRaw(server.url, headOf('GET /update-fields?auth_key=rbk_x&reason=a b'));
    expect(answer?.status).toBe(400);
    expect(await lastOfLog()).toEqual(before);
  });
});

test('the rejection of a GET with only the key explains redirects, with the URL that does not redirect', async () => {
  const answer = await get(`auth_key=${webhook.auth_key}`);
  expect(answer.json).toMatchObject({ status: 422, code: 'call_not_identified' });
  expect(answer.json.detail).toMatch(/redirect.*http:\/\/localhost:\d+\/update-fields,/);
  const other = await get(`auth_key=${webhook.auth_key}&utm_source=x`);
  expect(other.json.detail).not.toContain('redirect');
});
