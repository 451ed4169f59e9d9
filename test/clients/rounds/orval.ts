import { createIncomingWebhook, listPostbacks, saveCall, updateFields } from '../generated/orval/client.ts';
import { baseUrl, completeRound, expectPostback, token } from './round.ts';

/** The client is generated for the server of the description. */
const fetchOf = globalThis.fetch;
globalThis.fetch = (input, init) => fetchOf(new URL(String(input), baseUrl), init);
const asOperator = { headers: { authorization: `Bearer ${token}` } };

await completeRound(
  {
    async createWebhook() {
      const response = await createIncomingWebhook({ name: 'orval', type: 'update_fields' }, asOperator);
      if (response.status !== 201) throw new Error(JSON.stringify(response.data));
      return response.data;
    },
    async createCall(call_log_id) {
      const response = await saveCall({ call_log_id, state: 'completed' }, asOperator);
      if (response.status !== 201) throw new Error(JSON.stringify(response.data));
      return response.data;
    },
    async postBack(key, call_log_id) {
      const response = await updateFields(
        { call_log_id, revenue_paid_out: '12.50', add: { deal: 'won' } },
        {},
        { headers: { 'x-auth-key': key } },
      );
      if (response.status !== 200) throw new Error(JSON.stringify(response.data));
      return expectPostback(response.data);
    },
    async readLog(webhook_id) {
      const response = await listPostbacks({ webhook_id }, asOperator);
      if (response.status !== 200) throw new Error(JSON.stringify(response.data));
      return response.data.items;
    },
  },
  'CA-orval',
);
