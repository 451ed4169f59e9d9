/** The headers that senders may send and get, and those of events that outgoing webhooks send. */
const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example });
const headerParameter = (name: string, description: string, example: string, required = false) => ({
  name,
  in: 'header',
  required,
  ...text(description, example),
});

export const idempotencyKey = headerParameter(
  'Idempotency-Key',
  'The same as `transaction_id`, for senders that can set headers: repeats with one value have one effect. 1 to 200 characters.',
  'T-1001',
);

/** Of every response at an endpoint of senders. */
export const postbackHeaders = {
  'X-Postback-Id': text(
    'The postback in the log, whatever the form of the response',
    '0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b',
  ),
  'X-Postback-Status': text('The outcome, as `status` in JSON; `rejected` for errors', 'applied'),
  RateLimit: text(
    'Of a webhook with a rate limit: how many requests are left, and seconds until the next minute',
    '"webhook";r=59;t=42',
  ),
  'RateLimit-Policy': text(
    'Of a webhook with a rate limit: requests (q) in a window of seconds (w)',
    '"webhook";q=60;w=60',
  ),
};

export const retryAfter = {
  'Retry-After': {
    description: 'Of 429 and 503: wait so many seconds, then send the same request again',
    schema: { type: 'integer', minimum: 1 },
    example: 5,
  },
};

/** Of events that are sent by Standard Webhooks. */
export const webhookHeaders = [
  headerParameter(
    'webhook-id',
    'The id of the event, the same in every attempt and replay',
    '0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b',
    true,
  ),
  headerParameter('webhook-timestamp', 'When this attempt was made, in Unix seconds', '1795428000', true),
  headerParameter(
    'webhook-signature',
    '`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`; several with spaces between them while a secret is replaced',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    true,
  ),
];
