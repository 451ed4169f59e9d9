/** All accounts of an installation, for the owners of its first one. */
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import type { ListedAccount } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { listOf, pageQuery } from '../list-schemas.ts';
import { isUuid, writeCursor } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { accountToJson } from './account.ts';
import {
  type ListedAccountJson,
  listedAccountJson,
  newAccountBody,
  newAccountJson,
} from './accounts-schemas.ts';

export function registerAccountsRoutes(app: FastifyInstance, { store }: Api): void {
  const docs = (summary: string, response: object) => ({
    ...apiDocs,
    tags: ['account'],
    summary,
    description: 'For owners of the first account.',
    response: { ...response, '4xx': problem },
  });

  app.post<{ Body: Static<typeof newAccountBody> }>(
    '/accounts',
    {
      schema: {
        ...docs('Create an account, with a token of its owner', { 201: newAccountJson }),
        body: newAccountBody,
      },
      ...requirePermission('manage_accounts'),
    },
    async (request, reply) => {
      const { name, time_zone: timeZone, default_country: country } = request.body;
      const settings = {
        name: name.trim(),
        ...definedOnly({ timeZone, defaultCountry: country?.toUpperCase() }),
      };
      const secret = makeSecret('rbt');
      const account = await store.addAccount(settings, hashSecret(secret), actorOf(request));
      reply.code(201).header('cache-control', 'no-store');
      return { ...listedToJson(account), token: secret };
    },
  );

  app.get<List>(
    '/accounts',
    {
      schema: {
        ...docs('List the accounts, oldest first', { 200: listOf(listedAccountJson) }),
        querystring: pageQuery,
      },
      ...documentedOnly,
      ...requirePermission('manage_accounts'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(pageQuery));
      const { limit, cursor: after } = reader.page(isUuid);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { items, cursor } = await store.listAccounts(limit, after);
      return { items: items.map(listedToJson), next_cursor: writeCursor(cursor) };
    },
  );
}

function listedToJson(account: ListedAccount): ListedAccountJson {
  return { id: account.accountId, ...accountToJson(account), created_at: account.createdAt };
}
