import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { Fault } from '../../core/fault.ts';
import { isTimeZone } from '../../core/instant.ts';
import { isCountry } from '../../core/phone.ts';
import { refuseFaults } from '../../core/refusal.ts';
import type { Account } from '../../store/store.ts';
import { accountChangeBody, accountJson, problem } from '../api-types.ts';
import { sendProblem } from '../problem.ts';
import { type Api, apiDocs } from './api.ts';

type AccountChange = Static<typeof accountChangeBody>;

export function registerAccountRoutes(app: FastifyInstance, { store }: Api): void {
  const docs = { ...apiDocs, tags: ['account'], response: { 200: accountJson, '4xx': problem } };

  app.get('/account', { schema: { ...docs, summary: 'Read the account' } }, async (request) => {
    const account = await store.findAccount(request.owner.accountId);
    if (account === null) throw new Error('a token is of no account');
    return accountToJson(account);
  });

  app.patch<{ Body: AccountChange }>(
    '/account',
    { schema: { ...docs, summary: 'Change the account', body: accountChangeBody } },
    async (request, reply) => {
      const faults = faultsOf(request.body);
      if (faults.length > 0) return sendProblem(reply, refuseFaults(faults));
      const {
        name,
        time_zone: timeZone,
        default_country: country,
        twilio_auth_token: twilioAuthToken,
      } = request.body;
      const account = await store.changeAccount(request.owner.accountId, {
        ...(name !== undefined && { name: name.trim() }),
        ...(timeZone !== undefined && { timeZone }),
        ...(country !== undefined && { defaultCountry: country.toUpperCase() }),
        ...(twilioAuthToken !== undefined && { twilioAuthToken }),
      });
      return accountToJson(account);
    },
  );
}

function faultsOf({ time_zone: timeZone, default_country: country }: AccountChange): Fault[] {
  const faults: Fault[] = [];
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    const detail = 'Send an IANA time zone name, such as America/New_York.';
    faults.push({ field: 'time_zone', code: 'invalid_value', detail });
  }
  if (country !== undefined && !isCountry(country.toUpperCase())) {
    const detail = 'Send a country as its two letters of ISO 3166, such as US.';
    faults.push({ field: 'default_country', code: 'invalid_value', detail });
  }
  return faults;
}

function accountToJson({ name, timeZone, defaultCountry }: Account): Static<typeof accountJson> {
  return { name, time_zone: timeZone, default_country: defaultCountry };
}
