/** A telephone system: Kamailio with ops/kamailio/ringback.cfg, and sipp as its callers and callees. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { makeFolder, runProcess, startProcess } from '../support/programs/process.ts';

const packages = 'kamailio kamailio-extra-modules kamailio-utils-modules sip-tester';
const folder = fileURLToPath(new URL('.', import.meta.url));

export type PhoneSystem = {
  /**
   * So many calls, until all of them have ended as the scenarios say.
   * @param caller what callers do: a file of this folder
   * @param callee the same of those who are called
   * @param options more of sipp's, for the callers
   */
  call(caller: string, callee: string, count?: number, options?: string[]): Promise<void>;
};

/** @param url where Kamailio sends its records, until the end of the test */
export async function startPhoneSystem(url: string): Promise<PhoneSystem> {
  const [kamailio, sipp] = [findProgram('kamailio'), findProgram('sipp')];
  const [cwd, proxy, callee] = [await makeFolder(), await freePort(), await freePort()];
  const settings = {
    LISTEN: `udp:127.0.0.1:${proxy}`,
    CALLEE: `"sip:127.0.0.1:${callee}"`,
    RINGBACK: `"ringback=>${url}"`,
  };
  const defines = Object.entries(settings).flatMap(([name, value]) => ['-A', `${name}=${value}`]);
  const args = ['-f', `${folder}kamailio.cfg`, '-Y', cwd, ...defines];
  const check = await runProcess(['-c', ...args], { command: kamailio, cwd });
  expect(check.code, `${check.stderr}\nInstall what is missing: apt-get install ${packages}`).toBe(0);
  startProcess(['-DD', '-E', ...args], { command: kamailio, cwd });
  await expect.poll(() => isTaken(proxy)).toBe(true);
  const sippArgs = (scenario: string, port: number, options: string[]) => {
    const own = ['-sf', folder + scenario, '-i', '127.0.0.1', '-p', String(port), '-nostdin', ...options];
    return [...own, `127.0.0.1:${proxy}`];
  };
  return {
    async call(callers, callees, count = 1, options = []) {
      const many = ['-m', String(count)];
      const answering = startProcess(sippArgs(callees, callee, many), { command: sipp, cwd });
      await expect.poll(() => isTaken(callee)).toBe(true);
      const calling = await runProcess(sippArgs(callers, await freePort(), [...many, ...options]), {
        command: sipp,
        cwd,
      });
      expect(calling.code, calling.stdout + calling.stderr).toBe(0);
      expect((await answering.end()).code).toBe(0);
    },
  };
}

/** Daemons may be where the PATH of an ordinary user does not lead. */
function findProgram(name: string): string {
  for (const place of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    try {
      accessSync(`${place}/${name}`);
      return `${place}/${name}`;
    } catch {
      // It may be in the next place.
    }
  }
  throw new Error(`${name} is missing. Install it: apt-get install ${packages}`);
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

async function isTaken(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(true));
    socket.once('listening', () => socket.close(() => resolve(false)));
  });
}
