/** Bodies as real senders' software makes them (docs/senders.md#encodings). */
import { describe, expect, test } from 'vitest';
import { useCall } from '../../support/calls.ts';
import { headOf, openSocket, readAnswer, sendRaw } from '../../support/requests/raw-http.ts';
import { postText } from '../../support/senders.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);
const tagsWebhook = useWebhook(server, 'update_tags');
const call = useCall(server);

const form = 'application/x-www-form-urlencoded';
const lastOfLog = async () => (await server.api('GET', '/postbacks?limit=1')).json.items[0];

describe('a body', () => {
  test('may be multipart, also after Expect: 100-continue', async () => {
    const parts = { call_log_id: call.id, converted: 'true', reason: 'Größe', 'add[deal]': 'won' };
    const body = new FormData();
    for (const [name, value] of Object.entries(parts)) body.append(name, value);
    const answer = await server.request('/update-fields', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body,
    });
    expect(answer.json.changes).toMatchObject({ reason: { to: 'Größe' }, 'tags.deal': { to: 'won' } });
    expect((await lastOfLog()).request.body).toEqual(parts);

    const text = Object.entries({ ...parts, auth_key: webhook.auth_key })
      .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join('');
    const bytes = Buffer.from(`${text}--b--\r\n`);
    const head = headOf('POST /update-fields', {
      expect: '100-continue',
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': bytes.length,
    });
    const socket = openSocket(server.url);
    socket.write(head);
    await new Promise<void>((resolve) => socket.once('data', () => resolve())); // 100 Continue
    socket.write(bytes);
    const continued = await readAnswer(socket);
    expect(continued?.status).toBe(200);
    expect(JSON.parse(continued?.body ?? '')).toMatchObject({ status: 'unchanged' });
  });

  test('a part that is a file is rejected by its name', async () => {
    const body = new FormData();
    body.append('call_log_id', call.id);
    body.append('reason', new Blob(['x'], { type: 'text/plain' }), 'reason.txt');
    const headers = { 'x-auth-key': webhook.auth_key };
    const answer = await server.request('/update-fields', { method: 'POST', headers, body });
    expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value', errors: [{ field: 'reason' }] });
    expect(await lastOfLog()).toMatchObject({ id: answer.json.postback_id, code: 'invalid_value' });
  });

  test('a part with the name of no file is one where it has content, and a choice that was not made where not', async () => {
    const bodyOf = (content: string) =>
      `--b\r\nContent-Disposition: form-data; name="call_log_id"\r\n\r\n${call.id}\r\n--b\r\nContent-Disposition: form-data; name="converted"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="revenue_paid_out"; filename=""\r\n\r\n${content}\r\n--b--\r\n`;
    const type = 'multipart/form-data; boundary=b';
    const withContent = await postText(server, webhook, bodyOf('12.50'), type);
    expect(withContent.json).toMatchObject({ status: 422, errors: [{ field: 'revenue_paid_out' }] });
    expect((await server.readCall(call.id)).converted).toBe(false);
    expect((await postText(server, webhook, bodyOf(''), type)).json.status).toBe('applied');
  });

  test.each([
    ['no name', 'Content-Disposition: form-data\r\n', 400],
    ['no disposition', 'X-Part: 1\r\n', 400],
    [
      'an encoding',
      'Content-Disposition: form-data; name="revenue_paid_out"\r\nContent-Transfer-Encoding: base64\r\n',
      422,
    ],
  ])('a part with %s is not passed over', async (_what, head, status) => {
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = `${part('call_log_id', call.id)}${part('converted', '1')}--b\r\n${head}\r\nMTI=\r\n--b--\r\n`;
    const answer = await postText(server, webhook, body, 'multipart/form-data; boundary="b"');
    expect(answer.status).toBe(status);
    expect((await server.readCall(call.id)).converted).toBe(false);
  });

  test.each(['multipart/form-data', 'multipart/form-data; boundary=c'])(
    '%s that does not fit is malformed',
    async (type) => {
      const text = `--b\r\nContent-Disposition: form-data; name="call_log_id"\r\n\r\n${call.id}\r\n--b--\r\n`;
      const answer = await postText(server, webhook, text, type);
      expect(answer.json).toMatchObject({ status: 400, code: 'malformed_body' });
    },
  );

  test('a content type without a value is none', async () => {
    const object = JSON.stringify({ call_log_id: call.id, converted: true });
    const headers = { 'x-auth-key': webhook.auth_key, 'content-type': '', 'content-length': object.length };
    const one = await sendRaw(server.url, headOf('POST /update-fields', headers), object);
    expect(JSON.parse(one?.body ?? '')).toMatchObject({ status: 'applied' });
    const list = { ...headers, 'content-length': object.length + 2 };
    const batch = await sendRaw(server.url, headOf('POST /update-fields/batch', list), `[${object}]`);
    expect(JSON.parse(batch?.body ?? '').summary).toMatchObject({ unchanged: 1 });
  });

  test.each([
    ...['application/json', 'text/json', 'text/plain', form, 'none', `${form}; charset=utf-8`],
    ...['multipart/form-data', 'multipart/form-data; boundary=b'],
  ])('a JSON object is read as %s', async (type) => {
    const body = `\n {"call_log_id":"${call.id}","fields":{"revenue_paid_out":12.5,"add":{"a":"1"}}}`;
    const answer = await postText(server, webhook, body, type);
    expect(answer.json.changes).toMatchObject({ revenue_paid_out: { to: '12.50' }, 'tags.a': { to: '1' } });
    const withId = await postText(server, webhook, '{"converted":true}', type, `?call_log_id=${call.id}`);
    expect(withId.json.changes).toMatchObject({ converted: { to: true } });
  });

  test('a JSON object of a form type can be replayed', async () => {
    const body = `{"call_log_id":"late-${call.id}","fields":{"add":{"a":"1"}}}`;
    const answer = await postText(server, webhook, body, form);
    expect(answer.json.code).toBe('call_not_found');
    await server.createCall(`late-${call.id}`);
    const replay = await server.api('POST', `/postbacks/${answer.json.postback_id}/replay`);
    expect(replay.json).toMatchObject({ status: 'applied', changes: { 'tags.a': { to: '1' } } });
  });

  test('a JSON string that contains the object, and a list of one object, are unwrapped', async () => {
    const object = JSON.stringify({ call_log_id: call.id, converted: true });
    for (const body of [JSON.stringify(object), `[${object}]`, JSON.stringify(`[${object}]`)]) {
      for (const type of ['application/json', form]) {
        const answer = await postText(server, webhook, body, type);
        expect(answer.status).toBe(200);
        expect([(await lastOfLog()).request.body].flat()).toEqual([
          { call_log_id: call.id, converted: true },
        ]);
      }
    }
    const asName = await postText(server, webhook, `${encodeURIComponent(object)}=`, form);
    expect(asName.json).toMatchObject({ status: 'unchanged', call_log_id: call.id });
    const twice = await postText(server, webhook, JSON.stringify(JSON.stringify(object)));
    expect(twice.json).toMatchObject({ status: 400, code: 'malformed_body' });
  });

  test.each([
    ['a name', (call: string) => `{"call_log_id":"${call}","revenue_paid_out":1,"revenue_paid_out":2}`],
    [
      'a name in fields',
      (call: string) => `{"call_log_id":"${call}","fields":{"revenue_paid_out":1,"revenue_paid_out":2}}`,
    ],
  ])('an object that has %s twice, with different values, is rejected', async (_what, bodyOf) => {
    const answer = await postText(server, webhook, bodyOf(call.id));
    expect(answer.json).toMatchObject({
      ...{ status: 422, code: 'conflicting_field', errors: [{ field: 'revenue_paid_out' }] },
    });
    expect((await server.readCall(call.id)).revenue_paid_out).toBeNull();
    const same = await postText(server, webhook, bodyOf(call.id).replace(':2', ':1'));
    expect(same.json.changes).toMatchObject({ revenue_paid_out: { to: '1.00' } });
  });

  test('a list of several is sent to the batch, which is named', async () => {
    const object = { call_log_id: call.id, add: { a: '1' } };
    for (const [hook, path] of [
      [webhook, '/update-fields/batch'],
      [tagsWebhook, '/update-tags/batch'],
    ] as const) {
      const answer = await server.post(hook, [object, object]);
      expect(answer.json).toMatchObject({ status: 400, code: 'malformed_body' });
      expect(answer.json.detail).toContain(path);
    }
    expect((await server.post(webhook, [])).json.code).toBe('malformed_body');
    expect((await server.readCall(call.id)).tags).toEqual({});
  });

  test.each(['text/xml', 'application/xml', 'application/soap+xml; charset=utf-8'])(
    '%s is named as XML',
    async (type) => {
      const answer = await postText(server, webhook, '<Envelope/>', type);
      expect(answer.json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
      expect(answer.json.detail).toContain('XML');
    },
  );

  test('in UTF-16 is read in the order of its byte order mark', async () => {
    const bytes = Buffer.from(`\ufeff{"call_log_id":"${call.id}","reason":"Café","dry_run":true}`, 'utf16le');
    for (const body of [bytes, Buffer.from(bytes).swap16()]) {
      const answer = await postText(server, webhook, body, 'application/json; charset=UTF-16');
      expect(answer.json.changes).toEqual({ reason: { from: null, to: 'Café' } });
    }
  });

  test('of several parts may declare the charset for all of them', async () => {
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = Buffer.from(`${part('call_log_id', call.id)}${part('reason', 'Café')}--b--\r\n`, 'latin1');
    const type = 'multipart/form-data; boundary=b';
    const answer = await postText(server, webhook, body, `${type}; charset=ISO-8859-1`);
    expect(answer.json.changes).toEqual({ reason: { from: null, to: 'Café' } });
    expect((await postText(server, webhook, body, type)).json.code).toBe('malformed_body');
  });

  test.each(['ISO-8859-1', '"iso-8859-1"', "'iso-8859-1'", 'windows-1252', 'latin1'])(
    'a form is read in %s',
    async (charset) => {
      const type = `${form}; charset=${charset}`;
      for (const body of [
        `call_log_id=${call.id}&reason=Caf%E9`,
        Buffer.from(`call_log_id=${call.id}&reason=Caf\xe9`, 'latin1'),
      ]) {
        const answer = await postText(server, webhook, body, type);
        expect(answer.status).toBe(200);
        expect((await server.readCall(call.id)).reason).toBe('Café');
      }
      const json = Buffer.from(`{"call_log_id":"${call.id}","reason":"Ol\xe9"}`, 'latin1');
      await postText(server, webhook, json, `application/json; charset=${charset}`);
      expect((await server.readCall(call.id)).reason).toBe('Olé');
    },
  );

  test('undeclared bytes that are not UTF-8 are rejected', async () => {
    for (const body of [
      `call_log_id=${call.id}&reason=Caf%E9`,
      Buffer.from(`call_log_id=${call.id}&reason=Caf\xe9`, 'latin1'),
    ]) {
      const answer = await postText(server, webhook, body, form);
      expect(answer.json).toMatchObject({ status: 400, code: 'malformed_body' });
      expect(answer.json.detail).toContain('UTF-8');
    }
    const wrong = await postText(
      server,
      webhook,
      Buffer.from([0x22, 0xff, 0x22]),
      'application/json; charset=Shift_JIS',
    );
    expect(wrong.json).toMatchObject({ status: 400, code: 'malformed_body' });
    for (const charset of ['klingon', 'x-user-defined']) {
      const unknown = await postText(server, webhook, '{}', `application/json; charset=${charset}`);
      expect(unknown.json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    }
  });

  test('a form may bring the key, which is never stored', async () => {
    const fields = `call_log_id=${call.id}&converted=true`;
    const send = (body: string) =>
      server.request('/update-fields', { method: 'POST', headers: { 'content-type': form }, body });
    expect((await send(`auth_key=%20${webhook.auth_key}&${fields}`)).json.status).toBe('applied');
    expect(JSON.stringify(await lastOfLog())).not.toContain(webhook.auth_key);
    expect((await send(`auth_key=rbk_wrong&${fields}`)).json).toMatchObject({
      status: 401,
      code: 'invalid_auth_key',
    });
    expect((await send(fields)).status).toBe(401);
    const json = { auth_key: webhook.auth_key, call_log_id: call.id, converted: true };
    expect((await server.request('/update-fields', { method: 'POST', body: json })).status).toBe(401);
  });

  test.each([
    ['application/json', (call: string) => `{"call_log_id":"${call}","converted":true}`],
    [form, (call: string) => `call_log_id=${call}&converted=true`],
  ])('of a GET is read like that of a POST: %s', async (type, bodyOf) => {
    const body = bodyOf(call.id);
    const head = headOf('GET /update-fields', {
      ...{ 'x-auth-key': webhook.auth_key, 'content-type': type, 'content-length': body.length },
    });
    const answer = await sendRaw(server.url, head, body);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 'applied', call_log_id: call.id });
    const broken = headOf('GET /update-fields', {
      ...{ 'x-auth-key': webhook.auth_key, 'content-type': 'application/json', 'content-length': 1 },
    });
    expect((await sendRaw(server.url, broken, '{'))?.status).toBe(400);
    const large = headOf('GET /update-fields', { 'x-auth-key': webhook.auth_key, 'content-length': 70_000 });
    expect((await sendRaw(server.url, large, ' '.repeat(70_000)))?.status).toBe(413);
  });
});
