/** `npm run test:proxies`: the samples of `ops/proxies` with the programs of Debian or Ubuntu, and Ringback behind them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../support/programs/free-port.ts';
import { makeFolder, projectFolder } from '../support/programs/process.ts';
import { startTestServer } from '../support/server.ts';
import { checkBehindPrefix } from './check-behind-prefix.ts';

const run = promisify(execFile);

type Proxy = {
  sample: string;
  /** the sample as a whole configuration, with files of the test */
  complete(sample: string, folder: string): string;
  /** the same without TLS, on a port of this machine */
  simplify(sample: string, port: number): string;
  check: string[];
  start: string[];
};

const proxies: Record<string, Proxy> = {
  nginx: {
    sample: 'nginx.conf',
    complete: (text, folder) =>
      `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {} http {\n${text
        .replaceAll('/var/log/nginx', folder)
        .replaceAll('/etc/ssl', folder)}\n}`,
    simplify: (text, port) =>
      text.replace('listen 443 ssl', `listen 127.0.0.1:${port}`).replaceAll(/^ +ssl_certificate.*$/gm, ''),
    check: ['nginx', '-t', '-c'],
    start: ['nginx', '-c'],
  },
  haproxy: {
    sample: 'haproxy.cfg',
    complete: (text, folder) => text.replaceAll('/etc/haproxy', folder),
    simplify: (text, port) => text.replace(/bind :443 ssl.*/, `bind 127.0.0.1:${port}`),
    check: ['haproxy', '-c', '-f'],
    start: ['haproxy', '-db', '-f'],
  },
  caddy: {
    sample: 'Caddyfile',
    complete: (text) => `{\n\tadmin off\n\tgrace_period 1s\n}\n${text}`,
    simplify: (text, port) => text.replace(/^example\.com \{/m, `http://127.0.0.1:${port} {`),
    check: ['caddy', 'validate', '--adapter', 'caddyfile', '--config'],
    start: ['caddy', 'run', '--adapter', 'caddyfile', '--config'],
  },
};

async function isInstalled(program: string): Promise<boolean> {
  return run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

for (const [name, proxy] of Object.entries(proxies)) {
  const installed = await isInstalled(name);
  // A machine may have some of the three; the list of tests states which are missing.
  test.skipIf(!installed)(`${name}${installed ? '' : ' (not installed)'} accepts its sample`, async () => {
    const folder = await makeFolder();
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'example.com' }], {
      algorithm: 'sha256',
    });
    await writeFile(join(folder, 'example.com.key'), key);
    await writeFile(join(folder, 'example.com.pem'), `${cert}\n${key}`);
    const file = join(folder, 'config');
    await writeFile(file, proxy.complete(await readSample(proxy), folder));
    const [command = '', ...args] = [...proxy.check, file];
    await expect(run(command, args)).resolves.toBeDefined();
  });

  test.skipIf(!installed)(`Ringback works at a path behind ${name}`, async () => {
    const folder = await makeFolder();
    const port = await findFreePort();
    const publicUrl = `http://127.0.0.1:${port}/ringback`;
    const server = await startTestServer({ publicUrl, trustedProxies: ['127.0.0.1'] }, 1);
    onTestFinished(() => server.stop());
    const sample = (await readSample(proxy)).replaceAll('127.0.0.1:8080', new URL(server.url).host);
    const file = join(folder, 'config');
    await writeFile(file, proxy.complete(proxy.simplify(sample, port), folder));
    const [command = '', ...args] = [...proxy.start, file];
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, HOME: folder } });
    onTestFinished(async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    const isReady = () =>
      fetch(`${publicUrl}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(isReady).toBe(true);
    await checkBehindPrefix(publicUrl, server);
    // The sender is the client of the proxy, whatever that says of itself.
    const webhook = await server.createWebhook();
    await fetch(`${webhook.url}&call_log_id=none`, { headers: { 'x-forwarded-for': '198.51.100.9' } });
    const log = await server.api('GET', `/postbacks?webhook_id=${webhook.id}`);
    expect(log.json.items).toMatchObject([{ source_ip: '127.0.0.1', code: 'no_updates' }]);
  });
}

function readSample({ sample }: Proxy): Promise<string> {
  return readFile(join(projectFolder, 'ops/proxies', sample), 'utf8');
}
