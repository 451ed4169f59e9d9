import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runRingback } from '../support/programs/process.ts';
import { startTestServer, type TestWebhook, useServer } from '../support/server.ts';

const server = useServer();
let webhook: TestWebhook;
/** where the webhook's URL leads, which the server's own URL may name otherwise */
let url: string;

beforeAll(async () => {
  webhook = await server.createWebhook();
  url = `${server.url}/update-fields`;
});
async function send(...args: string[]) {
  const ended = await runRingback(['send', ...args]);
  expect(ended.stdout + ended.stderr).not.toContain(webhook.auth_key);
  return { ...ended, lines: ended.stdout.split('\n') };
}

describe('a postback that is taken exits with 0 and', () => {
  it('shows what changed, before and after', async () => {
    await server.createCall('CA-changed', { revenue_paid_out: '3' });
    const { code, stdout, lines } = await send(
      `${url}?auth_key=${webhook.auth_key}`,
      'call_log_id=CA-changed',
      'revenue_paid_out=12.5',
      'add=deal:won',
      'utm_source=mail',
    );
    expect(code).toBe(0);
    expect(lines[0]).toBe(
      `GET ${url}?auth_key=[key]&call_log_id=CA-changed&revenue_paid_out=12.5&add=deal%3Awon&utm_source=mail`,
    );
    expect(stdout).toMatch(/^200 applied/m);
    expect(stdout).toMatch(/^call +CA-changed$/m);
    expect(stdout).toMatch(/^postback +[0-9a-f-]{36}$/m);
    expect(stdout).toMatch(/^ignored +utm_source$/m);
    expect(stdout).toMatch(/^field +before +after$/m);
    expect(stdout).toMatch(/^revenue_paid_out +3\.00 +12\.50$/m);
    expect(stdout).toMatch(/^tags\.deal +- +won$/m);
    expect(await server.readCall('CA-changed')).toMatchObject({ revenue_paid_out: '12.50' });
  });

  it('goes as a form with --post, and with its key in a header with --key', async () => {
    await server.createCall('CA-form', { tags: { old: '1' } });
    const { code, stdout } = await send(
      url,
      '--key',
      webhook.auth_key,
      '--post',
      'call_log_id=CA-form',
      'remove=old',
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`POST ${url}\ncall_log_id=CA-form&remove=old\n`);
    const [logged] = (await server.api('GET', '/postbacks?call_log_id=CA-form')).json.items;
    expect(logged.request).toMatchObject({ method: 'POST', query: {}, body: { remove: 'old' } });
    expect(await server.readCall('CA-form')).toMatchObject({ tags: {} });
  });

  it('goes as JSON with --json, to the letter', async () => {
    await server.createCall('CA-json');
    const body = '{"call_log_id":"CA-json","revenue_paid_out":7.10}';
    const { code } = await send(url, '--key', webhook.auth_key, '--json', body);
    expect(code).toBe(0);
    expect(await server.readCall('CA-json')).toMatchObject({ revenue_paid_out: '7.10' });
  });

  it('says that a live call’s update waits', async () => {
    await server.createCall('CA-live', { state: 'live' });
    const { code, stdout } = await send(url, '--key', webhook.auth_key, 'call_log_id=CA-live', 'converted=1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^202 queued \(the call is still live/m);
  });

  it('says what a repeat and a dry run did: nothing', async () => {
    await server.createCall('CA-repeat');
    const args = [
      url,
      '--key',
      webhook.auth_key,
      'call_log_id=CA-repeat',
      'reason=sold',
      'transaction_id=t1',
    ];
    expect((await send(...args, 'dry_run=true')).stdout).toMatch(
      /^200 applied \(a dry run: nothing was changed/m,
    );
    expect((await send(...args)).stdout).toMatch(/^200 applied \(the call was changed\)/m);
    const repeat = await send(...args);
    expect(repeat.code).toBe(0);
    expect(repeat.stdout).toMatch(/^200 applied \(a repeat: .*nothing was done twice\)/m);
  });

  it('understands the answers that carry no JSON', async () => {
    await server.createCall('CA-pixel');
    const pixel = await send(`${url}.gif`, '--key', webhook.auth_key, 'call_log_id=CA-pixel', 'reason=1');
    expect(pixel.code).toBe(0);
    expect(pixel.stdout).toMatch(/^200 applied[\s\S]*^postback +\S+\nbody +image\/gif/m);
    const none = await send(
      url,
      '--key',
      webhook.auth_key,
      'call_log_id=CA-pixel',
      'reason=2',
      'return=none',
    );
    expect(none.stdout).toMatch(/^204 applied/m);
  });

  it('lets the command line win over a copied URL', async () => {
    await server.createCall('CA-mine');
    const copied = `${url}?auth_key=another-key&call_log_id=CA-other&reason=copied`;
    const { code, lines } = await send(copied, '--key', webhook.auth_key, 'call_log_id=CA-mine');
    expect(code).toBe(0);
    expect(lines[0]).toBe(`GET ${url}?reason=copied&call_log_id=CA-mine`);
    expect(await server.readCall('CA-mine')).toMatchObject({ reason: 'copied' });
  });
});

describe('a postback that is rejected exits with 1 and', () => {
  it('shows each fault with what to do', async () => {
    const body = JSON.stringify({ call_log_id: '{call_id}', revenue_paid_out: '$5', converted: 'maybe' });
    const { code, stdout } = await send(url, '--key', webhook.auth_key, '--json', body);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^422 rejected: \w+$/m);
    expect(stdout).toMatch(/^ {2}call_log_id: .+ was not replaced/m);
    expect(stdout).toMatch(/^ {2}revenue_paid_out: .+ no currency sign/m);
    expect(stdout).toMatch(/^ {2}converted: .+ true or false/m);
    expect(stdout).toMatch(/^postback +[0-9a-f-]{36}$/m);
  });

  it('names the calls that an ambiguous number matches', async () => {
    const only = await server.createWebhook('update_fields', { match_rule: 'only' });
    for (const id of ['CA-twin-1', 'CA-twin-2'])
      await server.createCall(id, { phone_number: '+12125550144' });
    const { code, stdout } = await send(url, '--key', only.auth_key, 'phone_number=2125550144', 'reason=x');
    expect(code).toBe(1);
    expect(stdout).not.toContain(only.auth_key);
    expect(stdout).toMatch(/^409 rejected: ambiguous_call$/m);
    expect(stdout).toMatch(/^calls +CA-twin-\d, CA-twin-\d$/m);
  });

  it('does not show a key that was not accepted', async () => {
    const key = 'rbk_unknown/with+signs==';
    const { code, stdout, stderr } = await send(
      `${url}?auth_key=${encodeURIComponent(key)}`,
      'call_log_id=x',
    );
    expect(code).toBe(1);
    expect(stdout).toContain('401 rejected: invalid_auth_key');
    for (const shown of [key, encodeURIComponent(key)]) expect(stdout + stderr).not.toContain(shown);
  });
});

describe('another answer exits with 1:', () => {
  async function serve(listener: RequestListener): Promise<string> {
    const otherServer = createServer(listener).listen(0, '127.0.0.1');
    onTestFinished(() => void otherServer.close());
    await new Promise((resolve) => otherServer.once('listening', resolve));
    return `http://127.0.0.1:${(otherServer.address() as AddressInfo).port}`; // a TCP server has a port
  }

  it('a page that repeats the URL is shown without the key', async () => {
    const otherServer = await serve((request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end(`<p>${request.url} is not here`);
    });
    const { code, stdout } = await send(`${otherServer}/x?auth_key=${webhook.auth_key}`);
    expect(code).toBe(1);
    expect(stdout).toContain('not the answer of an incoming webhook');
    expect(stdout).toContain('/x?auth_key=[key] is not here');
  });

  it('a redirect is not followed but shown, without the key', async () => {
    const otherServer = await serve((request, response) => {
      response.writeHead(301, { location: `https://elsewhere.example${request.url}` }).end();
    });
    const { code, stdout } = await send(`${otherServer}/x?auth_key=${webhook.auth_key}`);
    expect(code).toBe(1);
    expect(stdout).toContain('301 redirects to https://elsewhere.example/x?auth_key=[key]');
  });

  it('an overloaded server’s tells when to try again', async () => {
    const otherServer = await serve((_request, response) => {
      response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '7' });
      response.end('{"status":503,"code":"store_unavailable","title":"Later","detail":"Try again."}');
    });
    const { code, stdout } = await send(otherServer);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^try again +in 7 s$/m);
  });

  it('no answer is printed with the reason', async () => {
    const closed = await startTestServer();
    await closed.stop();
    const { code, stderr } = await send(`${closed.url}/update-fields`, '--key', webhook.auth_key);
    expect(code).toBe(1);
    expect(stderr).toContain('No answer: connect ECONNREFUSED');
  });
});

describe('a command line that makes no request exits with 2:', () => {
  it.each([
    ['no whole URL', ['localhost/update-fields'], 'must be a whole one'],
    ['a parameter without a value', ['http://localhost/x', 'rbk_a_key_out_of_place'], 'name=value'],
    ['broken JSON', ['http://localhost/x', '--json', '{'], 'not valid JSON'],
  ])('%s', async (_what, args, said) => {
    const { code, stdout, stderr } = await send(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('out_of_place');
  });
});
