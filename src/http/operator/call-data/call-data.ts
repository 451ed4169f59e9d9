import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { postbackStatuses } from '../../../core/updates/postback.ts';
import { rejectFaults } from '../../../core/updates/rejection.ts';
import { Invalid } from '../../../core/values/fault.ts';
import { readPhone } from '../../../core/values/phone/phone.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, documentedQuery, type List, namesOf } from '../route.ts';
import { instant, nullable, oneOf, recordOf, tags } from '../value-schemas.ts';

const callDataQuery = Type.Object({
  phone_number: Type.String({ description: 'of the caller, in any notation', examples: ['+12135550142'] }),
});

const callDataJson = Type.Object(
  {
    phone_number: Type.String(),
    tags: recordOf(Type.String(), { description: 'the newest value of each key' }),
    items: Type.Array(
      Type.Object({
        postback_id: Type.String(),
        webhook_id: Type.String(),
        received_at: instant,
        expires_at: instant,
        status: oneOf(postbackStatuses),
        call_log_id: nullable(Type.String({ description: 'the call that the data was applied to' })),
        tags,
      }),
      { description: 'oldest first' },
    ),
  },
  { title: 'CallData' },
);

/** What is known of a caller now: call data whose lifespan has not ended. */
export function registerCallDataRoute(app: FastifyInstance, api: Api): void {
  app.get<List>(
    '/call-data',
    {
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'Read the call data of a caller',
        querystring: callDataQuery,
        response: { 200: callDataJson, '4xx': problem },
      },
      ...documentedQuery,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { accountId, defaultCountry } = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(callDataQuery));
      const text = reader.text('phone_number');
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const phoneNumber = readPhone(text ?? '', defaultCountry);
      if (phoneNumber instanceof Invalid) {
        const { code, detail } = phoneNumber;
        return sendProblem(reply, rejectFaults([{ field: 'phone_number', code, detail }]));
      }
      const items = await api.store.listCallData(accountId, phoneNumber);
      const known = Object.fromEntries(items.flatMap((item) => Object.entries(item.tags)));
      return { phone_number: phoneNumber, tags: known, items };
    },
  );
}
