/** E-mail by SMTP, where it is set up. */
import type { Logger } from 'pino';

export type MailSettings = {
  /** smtp:// or smtps://, with user and password */
  url: string;
  /** such as `Ringback <ringback@acme.example>` */
  from: string;
};

export type Mail = { to: string; subject: string; text: string };

export type Mailer = {
  /** Resolves with false where the server did not take it, which is in the log. */
  send(mail: Mail): Promise<boolean>;
};

const silenceMsMax = 10_000;

/** Loads the library for the first e-mail: it would take 5 % of every start. */
async function openTransport({ url, from }: MailSettings) {
  const { createTransport } = await import('nodemailer');
  const timeouts = {
    connectionTimeout: silenceMsMax,
    greetingTimeout: silenceMsMax,
    socketTimeout: silenceMsMax,
  };
  return createTransport({ url, ...timeouts }, { from });
}

/** Connects and signs in, and sends nothing. @throws where the server cannot be reached or rejects user and password */
export async function checkMail(settings: MailSettings): Promise<void> {
  const transport = await openTransport(settings);
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

export function createMailer(settings: MailSettings, log: Pick<Logger, 'warn'>): Mailer {
  let transport: ReturnType<typeof openTransport> | undefined;
  return {
    send: async (mail) => {
      try {
        transport ??= openTransport(settings);
        await (await transport).sendMail(mail);
        return true;
      } catch (error) {
        log.warn({ err: error }, 'the SMTP server did not take an e-mail');
        return false;
      }
    },
  };
}
