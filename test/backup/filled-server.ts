/** What a server has before it is backed up, and all that it tells about it. */
import type { TestServer, TestWebhook } from '../support/server.ts';

/** Every answer about what there is. */
export async function readAll(server: TestServer): Promise<Record<string, unknown>> {
  const read = async (path: string) => (await server.api('GET', path)).json;
  const calls = await read('/calls?limit=500');
  const postbacks = await read('/postbacks?limit=500');
  const each = async (items: Record<string, string>[], path: (id: string) => string, name: string) =>
    Promise.all(items.map((item) => read(path(encodeURIComponent(item[name] ?? '')))));
  return {
    account: await read('/account'),
    webhooks: await read('/webhooks/incoming?limit=500'),
    calls,
    timelines: await each(calls.items, (id) => `/calls/${id}/timeline?limit=500`, 'call_log_id'),
    postbacks,
    logged: await each(postbacks.items, (id) => `/postbacks/${id}`, 'id'),
  };
}

const strangeTexts = ['back\\slash \\N', 'new\nline\ttab\r', '\\.', 'quotes " \' and 📞 ü'];

export async function fill(server: TestServer): Promise<TestWebhook> {
  await server.api('PATCH', '/account', { name: strangeTexts[3], time_zone: 'Asia/Kolkata' });
  const webhook = await server.createWebhook();
  await server.createCall('done', { phone_number: '+12135550142', campaign: strangeTexts[0] });
  await server.createCall('live', { state: 'live' });
  for (const [at, reason] of strangeTexts.entries()) {
    await server.post(webhook, { call_log_id: 'done', reason, add: { [`tag ${at}`]: reason } });
  }
  await server.post(webhook, {
    call_log_id: 'done',
    revenue_paid_out: '12.3450',
    transaction_id: 'order-77',
  });
  await server.post(webhook, { call_log_id: 'live', revenue_paid_out: 7 });
  await server.post(webhook, { phone_number: '2135550142', no_payout_reason: 'Caps exceeded' });
  await server.post(webhook, { call_log_id: 'missing', reason: 'x' });
  await server.api('PATCH', '/calls/done', { publisher_paid_out: '8.0001' });
  return webhook;
}
