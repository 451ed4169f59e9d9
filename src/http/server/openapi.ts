import { readFileSync } from 'node:fs';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { ruleOf } from '../../core/access/permission.ts';
import { projectFile } from '../../project-file.ts';
import { sessionCookieName } from '../guards/session-cookie.ts';
import { notDone } from '../operator/problem-schemas.ts';
import { finishDescription } from './description/describe.ts';

const { version, description } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as {
  version: string;
  description: string;
}; // our own file

/** How /openapi.json is made: its head is here, the rest comes from the schemas of the routes. */
export function describeApi(): FastifyDynamicSwaggerOptions {
  return {
    openapi: head(),
    transform: ({ schema, url, route }) => {
      if (schema?.response === undefined) return { schema, url };
      const isRejecting = '4xx' in (schema.response as object); // an object of responses by status
      const response = { ...(isRejecting && { '5xx': notDone }), ...(schema.response as object) };
      const permission = route.config?.permission;
      if (permission === undefined) return { schema: { ...schema, response }, url };
      const { role } = ruleOf(permission);
      const description = [schema.description, `Needs the role ${role}.`].filter(Boolean).join(' ');
      return { schema: { ...schema, response, description, 'x-role': role }, url };
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
    // The library's type is of its own reader of the description; ours is JSON.
    transformObject: (document) => finishDescription(document, bodyIsOptional),
  };
}

/** Paths whose body may be left out. */
const bodyIsOptional =
  /\/(?:complete|rotate-key|rotate-secret|rotate-signing-secret|postbacks\/\{id\}\/replay|outgoing\/\{id\}\/(?:test|render))$/;

function head(): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ringback',
      version,
      description: `${description}\n\nErrors are application/problem+json; \`detail\` says what to do.`,
      contact: { name: 'The operator of this installation' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [
      {
        name: 'postbacks',
        description: 'The senders’ side: authorized by the auth key of an incoming webhook',
      },
      { name: 'calls', description: 'Calls with their money, tags and timeline' },
      { name: 'views', description: 'Filters, period and sort of the list of calls under a name' },
      {
        name: 'incoming webhooks',
        description: 'One for each sender: its key, its settings and its activity',
      },
      { name: 'outgoing webhooks', description: 'They notify other systems of what happens to calls' },
      { name: 'postback log', description: 'Every request of a sender, with its outcome' },
      { name: 'files', description: 'Imports and reconciliations: lines in, lines out' },
      { name: 'overview', description: 'Reports, activity, and what needs attention' },
      { name: 'account', description: 'Settings of the account' },
      { name: 'session', description: 'Browsers that are signed in' },
      { name: 'people', description: 'Who may sign in, and with which role' },
      { name: 'tokens', description: 'Keys to this API, each with a role' },
      {
        name: 'audit log',
        description: 'Who created, changed and deleted webhooks, tokens and accounts',
      },
      { name: 'system', description: 'Health, metrics and this description' },
    ],
    components: {
      securitySchemes: {
        authKey: { type: 'apiKey', in: 'query', name: 'auth_key' },
        authKeyHeader: { type: 'apiKey', in: 'header', name: 'X-Auth-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookieName('http:'),
          description: `Over HTTPS its name is ${sessionCookieName('https:')}.`,
        },
      },
    },
  };
}
