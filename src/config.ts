import { resolve } from 'node:path';
import type { MailSettings } from './clients/mailer.ts';
import type { OpenIdSettings } from './clients/openid-provider.ts';
import { readRange } from './core/access/address-list.ts';
import { type PasswordCost, passwordCost } from './core/access/password.ts';
import { type LineChoice, lineChoices } from './http/postbacks/postback-lines.ts';
import { environmentNameOf, findUrlFault, tlsParameters } from './store/database/connections/database-url.ts';

/** The settings of a server (docs/operations.md#settings). Made by `readConfig`, the only reader of the environment. */
export type Config = {
  host: string;
  /** 0 takes any free port */
  port: number;
  /** what copied URLs begin with, without a slash at the end; null: http://localhost and the port */
  publicUrl: string | null;
  /** null: the embedded PostgreSQL in dataDir */
  databaseUrl: string | null;
  dataDir: string;
  /** null: made at first start and kept in dataDir */
  adminToken: string | null;
  twilioAuthToken: string | null;
  /** a call that is live for longer is completed; null: never */
  liveCallHoursMax: number | null;
  /** addresses and CIDR ranges of the proxies whose word on a sender's address is believed */
  trustedProxies: string[];
  /** private networks that outgoing webhooks may reach, as CIDR */
  outgoingAllowedNetworks: string[];
  /** how many days each kind is kept; null: forever */
  retention: { bodies: number | null; postbacks: number | null; calls: number | null };
  /** the provider that people may sign in with; null: none */
  openId: OpenIdSettings | null;
  /** null: Ringback sends no e-mail */
  mail: MailSettings | null;
  /** what it takes to compute the hash of a password; no setting, so that none lowers it */
  passwordCost: PasswordCost;
  logLevel: string;
  /** which postbacks get a line in the log */
  logPostbacks: LineChoice;
};

const liveCallHoursDefault = '24';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** A setting that cannot be read; the message says what to set. */
export class ConfigError extends Error {}

/** Reads the settings. Empty ones count as not set. @throws ConfigError naming the setting */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const setting = (name: string) => env[name]?.trim() || null;
  const port = readWhole(setting('PORT') ?? '8080');
  if (port === null || port > 65_535) {
    throw new ConfigError('PORT must be a whole number from 0 to 65535 (0 takes any free port).');
  }
  const logLevel = setting('LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(logLevel))
    throw new ConfigError(`LOG_LEVEL must be one of: ${logLevels.join(', ')}.`);
  const linesAsked = setting('LOG_POSTBACKS') ?? 'rejected';
  const logPostbacks = lineChoices.find((choice) => choice === linesAsked);
  if (logPostbacks === undefined)
    throw new ConfigError(`LOG_POSTBACKS must be one of: ${lineChoices.join(', ')}.`);
  const adminToken = setting('ADMIN_TOKEN');
  if (adminToken !== null && /\s/.test(adminToken))
    throw new ConfigError('ADMIN_TOKEN must have no spaces; leave it out to have one made.');
  const liveCallHours = readWhole(setting('LIVE_CALL_HOURS_MAX') ?? liveCallHoursDefault);
  if (liveCallHours === null) {
    throw new ConfigError(
      'LIVE_CALL_HOURS_MAX must be a whole number of hours (0: calls may be live forever).',
    );
  }
  return {
    host: setting('HOST') ?? '127.0.0.1',
    port,
    publicUrl: readPublicUrl(setting('PUBLIC_URL')),
    databaseUrl: readDatabaseUrl(setting),
    dataDir: resolve(setting('DATA_DIR') ?? 'data'),
    adminToken,
    twilioAuthToken: setting('TWILIO_AUTH_TOKEN'),
    liveCallHoursMax: liveCallHours === 0 ? null : liveCallHours,
    trustedProxies: readRanges('TRUSTED_PROXIES', setting),
    outgoingAllowedNetworks: readRanges('OUTGOING_ALLOWED_NETWORKS', setting),
    retention: readRetention(setting),
    openId: readOpenId(setting),
    mail: readMail(setting),
    passwordCost,
    logLevel,
    logPostbacks,
  };
}

/** What to say of a token that could be guessed; null where it could not. */
export function warnOfToken({ adminToken }: Pick<Config, 'adminToken'>): string | null {
  if (adminToken === null || adminToken.length >= 16) return null;
  return 'ADMIN_TOKEN has less than 16 characters and could be guessed: set a longer one, or leave it out to have one made.';
}

function readWhole(text: string): number | null {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}

/** Settings of TLS count as they do for libpq: those of the URL, then the environment's. */
function readDatabaseUrl(setting: (name: string) => string | null): string | null {
  const url = readUrl('DATABASE_URL', setting('DATABASE_URL'), ['postgres:', 'postgresql:']);
  if (url === null) return null;
  const given = tlsParameters
    .filter((name) => !new RegExp(`[?&]${name}=`).test(url))
    .map((name) => [name, setting(environmentNameOf(name))])
    .filter((pair): pair is [string, string] => pair[1] !== null);
  const added = new URLSearchParams(given).toString();
  const whole = added === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${added}`;
  const fault = findUrlFault(whole);
  if (fault !== null) throw new ConfigError(`DATABASE_URL ${fault}`);
  return whole;
}

/** All three, or none. */
function readOpenId(setting: (name: string) => string | null): OpenIdSettings | null {
  const issuer = readUrl('OIDC_ISSUER', setting('OIDC_ISSUER'), ['http:', 'https:']);
  const [clientId, clientSecret] = [setting('OIDC_CLIENT_ID'), setting('OIDC_CLIENT_SECRET')];
  const name = setting('OIDC_NAME') ?? 'single sign-on';
  if (issuer === null && clientId === null && clientSecret === null) return null;
  if (issuer === null || clientId === null || clientSecret === null)
    throw new ConfigError('Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET together.');
  if (!URL.canParse(issuer)) throw new ConfigError('OIDC_ISSUER is not a URL.');
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    throw new ConfigError('OIDC_ISSUER must be https, unless the provider runs on this machine.');
  return { issuer, clientId, clientSecret, name };
}

function readMail(setting: (name: string) => string | null): MailSettings | null {
  const url = readUrl('SMTP_URL', setting('SMTP_URL'), ['smtp:', 'smtps:']);
  const from = setting('MAIL_FROM');
  if (url === null && from === null) return null;
  if (url === null || from === null || !from.includes('@') || !URL.canParse(url))
    throw new ConfigError(
      'Set SMTP_URL and MAIL_FROM together: smtp://USER:PASSWORD@HOST:587, and an address such as "Ringback <ringback@acme.example>".',
    );
  return { url, from };
}

function readRetention(setting: (name: string) => string | null): Config['retention'] {
  const days = (name: string) => {
    const text = setting(name);
    if (text === null) return null;
    if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
    throw new ConfigError(`${name} must be a whole number of days, 1 or more; leave it out to keep all.`);
  };
  const [bodies, postbacks] = [days('RETAIN_BODIES_DAYS'), days('RETAIN_POSTBACKS_DAYS')];
  if (bodies !== null && postbacks !== null && bodies > postbacks) {
    throw new ConfigError(
      'RETAIN_POSTBACKS_DAYS must not be less than RETAIN_BODIES_DAYS: a body goes with its postback.',
    );
  }
  return { bodies, postbacks, calls: days('RETAIN_CALLS_DAYS') };
}

/** The address of a running server for commands, and the token. */
export type ClientConfig = Pick<Config, 'adminToken' | 'dataDir'> & { url: string };

/** The same settings, as a command reads them that talks to the server. @throws ConfigError */
export function readClientConfig(env: NodeJS.ProcessEnv = process.env): ClientConfig {
  const { host, port, adminToken, dataDir } = readConfig(env);
  const isAnyAddress = host === '0.0.0.0' || host === '::';
  const here = `http://${isAnyAddress ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
  const url = readUrl('RINGBACK_URL', env['RINGBACK_URL']?.trim() || null, ['http:', 'https:']) ?? here;
  return { url, adminToken, dataDir };
}

/** Names for ranges that no address of the internet is in. */
const namedRanges: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function readRanges(setting: string, read: (name: string) => string | null): string[] {
  const names = (read(setting) ?? '').split(/[\s,]+/).filter((name) => name !== '');
  return names.flatMap((name) => {
    const range = readRange(name);
    const ranges = range === null ? namedRanges[name.toLowerCase()] : [range];
    if (ranges !== undefined) return ranges;
    throw new ConfigError(
      `${setting} must list addresses, CIDR ranges, "loopback" or "private", with commas between them: ${name} is none.`,
    );
  });
}

function readPublicUrl(text: string | null): string | null {
  const url = readUrl('PUBLIC_URL', text, ['http:', 'https:']);
  if (url === null) return null;
  if (URL.canParse(url)) return url.replace(/\/+$/, '');
  throw new ConfigError('PUBLIC_URL must be a whole URL, such as https://ringback.example.com.');
}

function readUrl(name: string, text: string | null, protocols: string[]): string | null {
  if (text === null) return null;
  const protocol = /^[a-z]+:/i.exec(text)?.[0].toLowerCase() ?? '';
  if (protocols.includes(protocol)) return text;
  throw new ConfigError(
    `${name} must be a URL that begins with ${protocols.map((one) => `${one}//`).join(' or ')}.`,
  );
}
