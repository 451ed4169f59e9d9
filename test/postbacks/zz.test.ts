import { afterAll, beforeAll, test } from 'vitest';
import { headOf, openSocket } from '../support/raw-http.ts';
import { startTestServer, type TestServer, type TestWebhook } from '../support/server.ts';
let server: TestServer; let webhook: TestWebhook;
beforeAll(async () => { server = await startTestServer({logLevel:'trace'}); webhook = await server.createWebhook(); await server.createCall('slow'); });
afterAll(() => server.stop());
test('x', async () => {
    const socket = openSocket(server.url);
    socket.write(headOf('POST /update-fields?utm=broken', { 'x-auth-key': webhook.auth_key, 'content-type': 'application/json', 'content-length': 999 }) + '{"a":');
    await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'r' });
    await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'r' });
    socket.destroy();
    await new Promise(r => setTimeout(r, 1000));
    console.log(JSON.stringify((await server.api('GET', '/postbacks')).json.items.map((i: any) => [i.code, i.request])));
});
