import { expect, test } from 'vitest';
import { expectUnbrokenChains } from './support/call-chains.ts';
import { useServer, useWebhook } from './support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

function sendBatch(body: unknown, contentType = 'application/json', query = '', headers = {}) {
  const path = `${new URL(webhook.url).pathname}/batch${query}`;
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return server.request(path, {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key, 'content-type': contentType, ...headers },
    body: text,
  });
}

test('a batch answers each item in the order of the input', async () => {
  await server.createCall('B1');
  await server.createCall('B2', { state: 'live' });
  const answer = await sendBatch([
    { call_log_id: 'B1', revenue_paid_out: 1, transaction_id: 't1' },
    { call_log_id: 'B2', converted: true },
    { call_log_id: 'missing', converted: true },
    'no object',
    { call_log_id: 'B1', revenue_paid_out: 1, transaction_id: 't1' },
    { call_log_id: 'B1', revenue_paid_out: '1.0' },
    { call_log_id: 'B1', revenue_paid_out: 'one', reason: 5 },
  ]);
  expect(answer.status).toBe(200);
  expect(answer.json.summary).toEqual({ applied: 1, unchanged: 1, queued: 1, duplicate: 1, rejected: 3 });
  expect(answer.json.results.map((result: { index: number }) => result.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(answer.json.results[2]).toMatchObject({ status: 'rejected', code: 'call_not_found', errors: [] });
  expect(answer.json.results[3]).toMatchObject({ status: 'rejected', code: 'malformed_body' });
  expect(answer.json.results[4]).toMatchObject({ status: 'applied', duplicate: true });
  expect(answer.json.results[6].errors).toMatchObject([{ field: 'revenue_paid_out', code: 'invalid_value' }]);
});

test('the response to a batch tells its length', async () => {
  const items = Array.from({ length: 120 }, () => ({ call_log_id: 'überall', converted: true }));
  const { headers, text } = await sendBatch(items);
  expect(text).toContain('überall');
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
});

test('a broken line of NDJSON is one rejected item', async () => {
  await server.createCall('N1');
  const answer = await sendBatch(
    '{"call_log_id":"N1","revenue_paid_out":2}\n{"call\n\n{"call_log_id":"N1","reason":"x"}\r\n',
    'application/x-ndjson',
  );
  expect(answer.json.summary).toEqual({ applied: 2, unchanged: 0, queued: 0, duplicate: 0, rejected: 1 });
  expect(answer.json.results[1]).toMatchObject({ index: 1, code: 'malformed_body' });
});

test.each([
  ['one line', '{"call_log_id":"P1","revenue_paid_out":2}', 1],
  ['two lines', '{"call_log_id":"P1","revenue_paid_out":3}\n{"call_log_id":"P1","revenue_paid_out":4}\n', 2],
  ['a list', '[{"call_log_id":"P1","revenue_paid_out":5}]', 1],
  ['a batch object', '{"updates":[{"call_log_id":"P1","revenue_paid_out":6}]}', 1],
])(
  '%s is read as what it is, whatever software declares that knows no type',
  async (_what, body, applied) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      await server.createCall(`P1-${type}`);
      const ofType = body.replaceAll('P1', `P1-${type}`);
      expect((await sendBatch(ofType, type)).json.summary).toMatchObject({ applied, rejected: 0 });
    }
    const form = await sendBatch('call_log_id=P1&converted=1', 'application/x-www-form-urlencoded');
    expect(form.json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  },
);

test.each([
  ['phone_number', null],
  ['phoneNumber', null],
  ['who', { fields: { phone_number: 'who' } }],
])('several items for one call are applied in their order, where %s names it, too', async (name, mapping) => {
  // Several calls, so that the lanes of the id and of the number differ for most of them.
  const calls = Array.from({ length: 8 }, (_, at) => ({
    id: `O-${name}-${at}`,
    phone: `+1555010${name.length % 10}${at}00`,
  }));
  for (const { id, phone } of calls) await server.createCall(id, { phone_number: phone });
  const sender = await server.createWebhook('update_fields', { name, mapping });
  const updates = Array.from({ length: 50 }, (_, at) =>
    calls.map(({ id, phone }) => ({
      ...(at % 2 === 0 ? { call_log_id: id } : { [name]: phone }),
      revenue_paid_out: at,
    })),
  ).flat();
  const answer = await sendBatch({ updates }, 'application/json', '', { 'x-auth-key': sender.auth_key });
  expect(answer.json.summary.applied).toBe(updates.length);
  for (const { id } of calls) expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '49.00' });
});

test('several items for one call are applied in their order, where some have another of its ids', async () => {
  const ids = Array.from({ length: 8 }, (_, at) => `OI-${at}`);
  for (const id of ids) await server.createCall(id, { other_ids: [`${id}-leg`] });
  const updates = Array.from({ length: 50 }, (_, at) =>
    ids.map((id) => ({ call_log_id: at % 2 === 0 ? `${id}-leg` : id, revenue_paid_out: at })),
  ).flat();
  expect((await sendBatch({ updates })).json.summary.applied).toBe(updates.length);
  for (const id of ids) expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '49.00' });
});

test('a rejected atomic batch keeps the limit on items in flight, as other batches do', async () => {
  const updates = Array.from({ length: 3_000 }, (_, at) => ({ call_log_id: `none-${at}`, reason: 'x' }));
  let isAnswered = false;
  const answering = sendBatch({ updates, atomic: true }).finally(() => {
    isAnswered = true;
  });
  const depths: number[] = [];
  while (!isAnswered) {
    const { text } = await server.request('/metrics');
    depths.push(Number(/^ringback_queue_depth (\d+)$/m.exec(text)?.[1]));
  }
  expect((await answering).json).toMatchObject({ code: 'batch_rejected', summary: { rejected: 3_000 } });
  // The transaction of the whole batch first; then each item is logged separately.
  const ofItems = depths.filter((depth) => depth > 0 && depth !== updates.length);
  expect(ofItems.length).toBeGreaterThan(0);
  expect(Math.max(...ofItems)).toBeLessThanOrEqual(600);
});

test('one rejection in an atomic batch and nothing is done, with every result and every item in the log', async () => {
  await server.createCall('A1');
  const updates = [
    { call_log_id: 'A1', revenue_paid_out: 5, transaction_id: 'a1' },
    { call_log_id: 'A1', revenue_paid_out: -5 },
  ];
  const rejected = await sendBatch({ updates, atomic: true });
  expect(rejected.status).toBe(422);
  expect(rejected.json).toMatchObject({ code: 'batch_rejected', summary: { applied: 0, rejected: 2 } });
  expect(rejected.json.results.map((result: { code: string }) => result.code)).toEqual([
    'batch_rejected',
    'invalid_value',
  ]);
  expect(await server.readCall('A1')).toMatchObject({ revenue_paid_out: null });
  const log = await server.api('GET', '/postbacks?call_log_id=A1');
  expect(log.json.items.map((item: { status: string }) => item.status)).toEqual(['rejected', 'rejected']);

  const done = await sendBatch({ updates: updates.slice(0, 1), atomic: true });
  expect(done.json.summary).toMatchObject({ applied: 1, rejected: 0 });
  expect(await server.readCall('A1')).toMatchObject({ revenue_paid_out: '5.00' });
});

test.each([
  ['update_fields', 'applied'],
  ['calls', 'created'],
] as const)(
  'an item of an atomic batch of %s that the mapping is not about is ignored, and not logged',
  async (type, status) => {
    const fields = { call_log_id: 'id', reason: 'note' };
    const mapping = { only_when: [{ from: 'event', in: ['end'] }], fields };
    const mapped = await server.createWebhook(type, { mapping });
    if (type === 'update_fields') await server.createCall('A2');
    const id = type === 'update_fields' ? 'A2' : 'A2-new';
    const updates = [
      { event: 'start', id },
      { event: 'end', id, note: 'n' },
    ];
    const answer = await server.post(
      { ...mapped, url: `${mapped.url.split('?')[0]}/batch` },
      { atomic: true, updates },
    );
    expect(answer).toMatchObject({ status: 200, json: { summary: { ignored: 1, [status]: 1 } } });
    expect(answer.json.results).toMatchObject([{ status: 'ignored' }, { status, call_log_id: id }]);
    const { items } = (await server.api('GET', `/postbacks?webhook_id=${mapped.id}`)).json;
    expect(items).toHaveLength(1);
  },
);

test('a dry run of a batch changes and stores nothing', async () => {
  await server.createCall('D1');
  for (const atomic of [false, true]) {
    const answer = await sendBatch({
      updates: [{ call_log_id: 'D1', revenue_paid_out: 5, transaction_id: 'd1' }],
      dry_run: true,
      atomic,
    });
    expect(answer.json.results[0]).toMatchObject({ status: 'applied', dry_run: true });
  }
  expect(await server.readCall('D1')).toMatchObject({ revenue_paid_out: null });
  const real = await sendBatch([{ call_log_id: 'D1', revenue_paid_out: 5, transaction_id: 'd1' }]);
  expect(real.json.results[0]).toMatchObject({ status: 'applied', duplicate: false });
});

test('a batch sent again with its Idempotency-Key is done once', async () => {
  await server.createCall('I1');
  const batch = [
    { call_log_id: 'I1', revenue_paid_out: 5 },
    { call_log_id: 'I1', revenue_paid_out: 6 },
  ];
  const first = await sendBatch(batch, 'application/json', '', { 'idempotency-key': 'file-7' });
  const again = await sendBatch(batch, 'application/json', '', { 'idempotency-key': 'file-7' });
  expect(first.json.summary.applied).toBe(2);
  expect(again.json.summary).toMatchObject({ applied: 0, duplicate: 2 });
});

test.each([
  ['not JSON', '{"updates":', 'application/json', 400, 'malformed_body'],
  ['no list', '{"update":[]}', 'application/json', 400, 'malformed_body'],
  ['another type', '[]', 'text/csv', 415, 'unsupported_media_type'],
  ['too many items', JSON.stringify(Array(10_001).fill({})), 'application/json', 413, 'body_too_large'],
  ['too many lines', '{}\n'.repeat(10_001), 'application/x-ndjson', 413, 'body_too_large'],
  ['too many bytes', `[${' '.repeat(16 * 1024 * 1024)}]`, 'application/json', 413, 'body_too_large'],
  ['a flag that is none', '{"updates":[],"atomic":"maybe"}', 'application/json', 422, 'invalid_value'],
])('a batch that is %s is rejected as a whole and logged', async (_name, body, contentType, status, code) => {
  const answer = await sendBatch(body, contentType);
  expect([answer.status, answer.json.code]).toEqual([status, code]);
  const log = await server.api('GET', `/postbacks/${answer.headers.get('x-postback-id')}`);
  expect(log.json).toMatchObject({ status: 'rejected', code });
});

test('an empty batch is answered with no results', async () => {
  expect((await sendBatch([])).json).toMatchObject({ results: [], summary: { applied: 0 } });
});

test('a batch does what the same items do one by one', async () => {
  const items = (prefix: string) =>
    Array.from({ length: 120 }, (_, at) => ({
      call_log_id: `${prefix}${at % 7}`,
      ...(at % 3 === 0 && { revenue_paid_out: `${at}.25` }),
      ...(at % 4 === 0 && { converted: at % 8 === 0 }),
      ...(at % 5 === 0 && { add: { [`tag${at % 2}`]: `${at}` } }),
      ...(at % 11 === 0 && { remove: ['tag1'] }),
      ...(at % 13 === 0 && { publisher_paid_out: at }),
      call_converted_at: at % 8 === 4 ? undefined : '2026-01-01T00:00:00Z',
      transaction_id: `${prefix}${at % 49}`, // a repeat names the same call
    }));
  for (const prefix of ['S', 'M']) {
    for (let at = 0; at < 6; at += 1)
      await server.createCall(`${prefix}${at}`, { state: at === 5 ? 'live' : 'completed' });
  }
  const batch = await sendBatch(items('M'));
  const single = [];
  for (const item of items('S')) single.push(await server.post(webhook, item));
  const told = (result: { status?: string; code?: string; duplicate?: boolean }) => [
    result.code ?? result.status,
    result.duplicate,
  ];
  expect(batch.json.results.map(told)).toEqual(single.map((answer) => told(answer.json)));
  for (let at = 0; at < 6; at += 1) {
    const [one, other] = await Promise.all([server.readCall(`S${at}`), server.readCall(`M${at}`)]);
    for (const name of ['converted', 'revenue_paid_out', 'publisher_paid_out', 'tags', 'queued_updates']) {
      expect(other[name]).toEqual(one[name]);
    }
  }
});

test('a batch of 10,000 delays no single postback: they are answered while it runs', async () => {
  const ids = Array.from({ length: 100 }, (_, n) => `bulk-${n}`);
  await Promise.all(ids.map((id) => server.createCall(id)));
  await server.createCall('single');
  let isRunning = true;
  const items = Array.from({ length: 10_000 }, (_, n) => ({ call_log_id: ids[n % 100], reason: `row ${n}` }));
  const batch = sendBatch(items).finally(() => {
    isRunning = false;
  });
  const statuses: number[] = [];
  while (isRunning) {
    const { status } = await server.post(webhook, {
      call_log_id: 'single',
      reason: `single ${statuses.length}`,
    });
    statuses.push(status);
  }
  const { summary, results } = (await batch).json;
  expect(results.find(({ status }: { status: string }) => status !== 'applied')).toBeUndefined();
  expect(summary).toMatchObject({ applied: 10_000 });
  // Behind the batch, all but the last would wait for its end: there would be one or two.
  expect(statuses.length).toBeGreaterThan(8);
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test.each([
  ['application/json; charset=ISO-8859-1', 'latin1', '[ITEM]'],
  ['application/json; charset="Windows-1252"', 'latin1', '{"updates":[ITEM]}'],
  ['application/x-ndjson; charset=iso-8859-1', 'latin1', 'ITEM\r\n\r\n'],
  ['application/json; charset=utf-16le', 'utf16le', '[ITEM]'],
] as const)('a batch is read in the charset that it declares: %s', async (contentType, encoding, body) => {
  await server.createCall('charset');
  const item = '{"call_log_id":"charset","reason":"Café","dry_run":true}';
  const answer = await sendBatch(Buffer.from(body.replace('ITEM', item), encoding), contentType);
  expect(answer.json.results).toMatchObject([{ changes: { reason: { to: 'Café' } } }]);
  const undeclared = await sendBatch(Buffer.from(`[${item}]`, 'latin1'));
  expect(undeclared.json).toMatchObject({ status: 400, code: 'malformed_body' });
});

const item = [{ call_log_id: 'flags', reason: 'x' }];

test.each([
  ...['dryrun=true', 'dryRun=1', 'dry-run=yes', 'DRY_RUN=on', 'dry_run=true&Dry-Run=1', 'dry_run[]=true'],
])('a batch is a dry run with ?%s', async (query) => {
  await server.createCall('flags');
  const answer = await sendBatch(item, 'application/json', `?${query}`);
  expect(answer.json.results).toMatchObject([{ status: 'applied', dry_run: true }]);
  expect((await server.readCall('flags')).reason).toBeNull();
});

test.each([{ dryRun: true }, { 'dry-run': 'yes' }, { Dry_Run: 1 }])(
  'a batch is a dry run with %j beside its items',
  async (flags) => {
    await server.createCall('flags');
    const answer = await sendBatch({ Updates: item, ...flags });
    expect(answer.json.results).toMatchObject([{ status: 'applied', dry_run: true }]);
    expect((await server.readCall('flags')).reason).toBeNull();
  },
);

test.each([
  ['dry_run=maybe', 'dry_run', 'invalid_value'],
  ['dry_run', 'dry_run', 'invalid_value'],
  ['dry_rn=true', 'dry_rn', 'unknown_field'],
  ['is_dry_run=true', 'is_dry_run', 'unknown_field'],
  ['atomicc=true', 'atomicc', 'unknown_field'],
  ['dry_run=true&dry_run=false', 'dry_run', 'conflicting_field'],
  ['converted=true', 'converted', 'unknown_field'],
  ['transaction_id=T1', 'transaction_id', 'unknown_field'],
])('a batch whose query is not understood is not applied: %s', async (query, field, code) => {
  await server.createCall('flags');
  const answer = await sendBatch(item, 'application/json', `?${query}`);
  expect(answer.json).toMatchObject({ status: 422, code, errors: [{ field, code }] });
  expect((await server.readCall('flags')).reason).toBeNull();
});

test.each([
  [{ dry_rn: true }, '', 'dry_rn', 'unknown_field'],
  [{ atomic: 'often' }, '', 'atomic', 'invalid_value'],
  [{ atmoic: true }, '', 'atmoic', 'unknown_field'],
  [{ dry_run: false }, '?dry_run=true', 'dry_run', 'conflicting_field'],
  [{ converted: true }, '', 'converted', 'unknown_field'],
])('a batch whose object is not understood is not applied: %j', async (members, query, field, code) => {
  await server.createCall('flags');
  const answer = await sendBatch({ updates: item, ...members }, 'application/json', query);
  expect(answer.json).toMatchObject({ status: 422, code, errors: [{ field, code }] });
  expect((await server.readCall('flags')).reason).toBeNull();
});

test('names of other systems beside the items of a batch are ignored', async () => {
  await server.createCall('flags');
  const answer = await sendBatch(
    { updates: item, source: 'crm', dry_run: null },
    'application/json',
    '?utm=1',
  );
  expect(answer.json.summary).toMatchObject({ applied: 1 });
});

test('every change above begins where another one ended, up to what the calls have now', async () => {
  expect(await expectUnbrokenChains(server.database.query)).toBeGreaterThan(0);
});
