/** A real SMTP server that keeps what it gets. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect } from 'vitest';
import type { MailSettings } from '../../../src/clients/mailer.ts';

export type Received = { from: string; to: string[]; text: string };

export type Mailbox = {
  settings: MailSettings;
  received: Received[];
  /** waits for so many e-mails to an address */
  wait(to: string, count?: number): Promise<Received[]>;
  stop(): Promise<void>;
};

/** @param password the one that it wants */
export async function startMailbox(password = 'p@ss/word'): Promise<Mailbox> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authMethods: ['PLAIN'],
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password: given }, _session, done) => {
      const isRight = username === 'ringback' && given === password;
      done(isRight ? null : new Error('a wrong password'), isRight ? { user: username } : undefined);
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  const of = (to: string) => received.filter((mail) => mail.to.includes(to));
  return {
    settings: {
      url: `smtp://ringback:${encodeURIComponent('p@ss/word')}@127.0.0.1:${port}`,
      from: 'Ringback <books@acme.example>',
    },
    received,
    wait: async (to, count = 1) => {
      await expect.poll(() => of(to).length, { interval: 20, timeout: 15_000 }).toBeGreaterThanOrEqual(count);
      return of(to);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The link in an e-mail, whose lines end with `=` where they go on. */
export function linkIn({ text }: Received): URL {
  const plain = text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  return new URL(/https?:\S+/.exec(plain)?.[0] ?? '');
}
