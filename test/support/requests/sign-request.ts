/** Requests signed as the platforms sign theirs. */
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

type Sent = { method: string; url: string; form: Record<string, string> | undefined; body: string };
type Headers = Record<string, string>;

export type Signer = {
  /** what the owner enters as the webhook's secret */
  secret: string;
  /** the headers that prove the request, at the present time */
  sign(sent: Sent): Headers;
};

/** @param verify as a preset has it */
export function createSigner(verify: unknown): Signer {
  const settings = typeof verify === 'string' ? { scheme: verify } : (verify as Record<string, string>); // a preset's form
  const scheme = settings['scheme'] ?? '';
  const create = signers[scheme];
  if (create === undefined) throw new Error(`no signer for ${scheme}`);
  return create(settings);
}

const signers: Record<string, (settings: Record<string, string>) => Signer> = {
  twilio: () => ({
    secret: 'a-token-of-twilio',
    sign: ({ url, form }) => ({
      'x-twilio-signature': getExpectedTwilioSignature('a-token-of-twilio', url, form ?? {}),
    }),
  }),
  telnyx: () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return {
      secret: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64'),
      sign({ body }) {
        const timestamp = unixSeconds();
        const signature = sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString('base64');
        return { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature };
      },
    };
  },
  plivo_v3: () => ({
    secret: 'a-token-of-plivo',
    sign({ url, form = {} }) {
      const nonce = randomBytes(10).toString('hex');
      const [base, query] = url.split('?');
      const names = [...new URLSearchParams(query)].map((pair) => pair.join('=')).sort();
      const fields = Object.keys(form)
        .sort()
        .map((name) => name + form[name]);
      const text = `${base}?${names.join('&')}.${fields.join('')}.${nonce}`;
      const signature = createHmac('sha256', 'a-token-of-plivo').update(text).digest('base64');
      return { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce };
    },
  }),
  vonage_jwt: () => ({
    secret: 'a-secret-of-vonage',
    sign({ body }) {
      const payloadHash = createHash('sha256').update(body).digest('hex');
      const parts = [
        { typ: 'JWT', alg: 'HS256' },
        { iat: Number(unixSeconds()), iss: 'Vonage', payload_hash: payloadHash },
      ];
      const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      const signature = createHmac('sha256', 'a-secret-of-vonage').update(text).digest('base64url');
      return { authorization: `Bearer ${text}.${signature}` };
    },
  }),
  standard_webhooks: () => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    return {
      secret,
      sign: ({ body }) => ({
        'webhook-id': 'msg_1',
        'webhook-timestamp': unixSeconds(),
        'webhook-signature': new Webhook(secret).sign('msg_1', new Date(), body),
      }),
    };
  },
  basic: () => ({
    secret: 'ringback:a-password',
    sign: () => ({ authorization: `Basic ${Buffer.from('ringback:a-password').toString('base64')}` }),
  }),
  hmac: ({ header = '', hash = 'sha256', encoding = 'hex', prefix = '', content = '{body}', ...more }) => ({
    secret: 'a-secret-of-the-sender',
    sign({ body }) {
      const timestamp = String(Date.now());
      const text = content
        .replace('{body}', () => body)
        .replace('{timestamp}', timestamp)
        .replace(/\{header\.[\w-]+\}/, timestamp);
      const digest = createHmac(hash, 'a-secret-of-the-sender')
        .update(text)
        .digest(encoding as 'hex'); // one of three
      const named = /\{header\.([\w-]+)\}/.exec(content)?.[1];
      const time = more['timestamp_prefix'] === undefined ? '' : `${more['timestamp_prefix']}${timestamp},`;
      return { [header]: `${time}${prefix}${digest}`, ...(named !== undefined && { [named]: timestamp }) };
    },
  }),
};

function unixSeconds(): string {
  return String(Math.floor(Date.now() / 1_000));
}
