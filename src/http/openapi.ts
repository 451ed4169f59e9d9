import { readFileSync } from 'node:fs';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

const { version, description } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string; description: string }; // our own file

/** What stands at the head of /openapi.json; the routes bring the rest. */
export function openapi(): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ringback',
      version,
      description: `${description}\n\nErrors are application/problem+json; \`detail\` says what to do.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [
      {
        name: 'postbacks',
        description: 'The senders’ side: authorized by the auth key of an incoming webhook',
      },
      { name: 'calls' },
      { name: 'incoming webhooks' },
      { name: 'postback log' },
      { name: 'account' },
      { name: 'system' },
    ],
    components: {
      securitySchemes: {
        authKey: { type: 'apiKey', in: 'query', name: 'auth_key' },
        authKeyHeader: { type: 'apiKey', in: 'header', name: 'X-Auth-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
