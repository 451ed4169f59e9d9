import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { Account } from '../../../store/store.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { accountChangeBody, accountJson } from './account-schemas.ts';

type AccountChange = Static<typeof accountChangeBody>;

export function registerAccountRoutes(app: FastifyInstance, api: Api): void {
  const docs = { ...apiDocs, tags: ['account'], response: { 200: accountJson, '4xx': problem } };

  app.get(
    '/account',
    { schema: { ...docs, summary: 'Read the account' }, ...requirePermission('read') },
    async (request) => accountToJson(await accountOf(api, request)),
  );

  app.patch<{ Body: AccountChange }>(
    '/account',
    {
      schema: { ...docs, summary: 'Change the account', body: accountChangeBody },
      ...requirePermission('change_account'),
    },
    async (request) => {
      const {
        name,
        time_zone: timeZone,
        default_country: country,
        twilio_auth_token: twilioAuthToken,
      } = request.body;
      const changes = {
        ...(name !== undefined && { name: name.trim() }),
        ...(timeZone !== undefined && { timeZone }),
        ...(country !== undefined && { defaultCountry: country.toUpperCase() }),
        ...(twilioAuthToken !== undefined && { twilioAuthToken: twilioAuthToken?.trim() ?? null }),
      };
      const { accountId } = request.owner;
      const account = await api.store.changeAccount(accountId, changes, actorOf(request));
      return accountToJson(account);
    },
  );
}

export function accountToJson(account: Account): Static<typeof accountJson> {
  const { name, timeZone, defaultCountry, twilioAuthToken } = account;
  return {
    name,
    time_zone: timeZone,
    default_country: defaultCountry,
    twilio_auth_token_set: twilioAuthToken !== null,
  };
}
