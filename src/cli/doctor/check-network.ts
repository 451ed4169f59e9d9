import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config.ts';
import { isJsonObject } from '../../core/values/json/json.ts';
import { explainFailure } from '../../offline/explain-failure.ts';
import type { Finding } from '../../offline/finding.ts';

const probeMsMax = 3_000;
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** A port is fine when it is free, and when a Ringback already listens on it. */
export async function checkPort(config: Config): Promise<Finding> {
  const { host, port } = config;
  const subject = 'port';
  if (port === 0) return { level: 'ok', subject, says: 'any free one' };
  try {
    const server = createServer().listen({ host, port });
    await once(server, 'listening');
    server.close();
    return { level: 'ok', subject, says: `${port} of ${host} is free` };
  } catch (error) {
    const { what, fix } = explainFailure(error, config);
    if (!(await isRingback(host, port)))
      return { level: 'FAIL', subject, says: what, ...(fix !== null && { fix }) };
    return { level: 'ok', subject, says: `${port} of ${host} is in use by a Ringback that runs` };
  }
}

async function isRingback(host: string, port: number): Promise<boolean> {
  const any = new Map([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ]);
  const name = any.get(host) ?? host;
  try {
    const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/openapi.json`;
    const response = await fetch(url, { signal: AbortSignal.timeout(probeMsMax) });
    const api: unknown = await response.json();
    return isJsonObject(api) && isJsonObject(api['info']) && api['info']['title'] === 'Ringback';
  } catch {
    return false; // whatever it is, it does not speak as we do
  }
}

/** What URLs for senders begin with, and what Twilio's signatures cover. */
export function checkPublicUrl({ publicUrl, host, port }: Config): Finding {
  const subject = 'PUBLIC_URL';
  const isLocal = loopbackNames.has(host);
  if (publicUrl === null) {
    const says = `not set: copied URLs begin with http://localhost:${port === 0 ? 'PORT' : port}, for senders on this machine`;
    const fix = 'Set it to the address that senders elsewhere reach, such as https://postbacks.example.com.';
    return isLocal ? { level: 'ok', subject, says } : { level: 'warn', subject, says, fix };
  }
  const { protocol, hostname, search, hash, username } = new URL(publicUrl);
  if (search !== '' || hash !== '' || username !== '') {
    const fix = 'Leave out user, "?" and "#": paths such as /update-fields are appended to it.';
    return { level: 'FAIL', subject, says: 'has parts that are not allowed there', fix };
  }
  if (loopbackNames.has(hostname)) {
    const fix = 'Set it to the address that senders elsewhere reach.';
    const says = `${publicUrl}, which only this machine reaches`;
    return isLocal ? { level: 'ok', subject, says } : { level: 'warn', subject, says, fix };
  }
  if (protocol === 'http:') {
    const fix = 'Put a reverse proxy with TLS in front and use https: keys travel in these URLs.';
    return { level: 'warn', subject, says: `${publicUrl} is not encrypted`, fix };
  }
  return { level: 'ok', subject, says: publicUrl };
}
