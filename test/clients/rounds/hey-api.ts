import { client } from '../generated/hey-api/client.gen.ts';
import {
  createIncomingWebhook,
  listPostbacks,
  saveCall,
  updateFields,
} from '../generated/hey-api/sdk.gen.ts';
import { baseUrl, completeRound, expectData, expectPostback, token } from './round.ts';

client.setConfig({ baseUrl, auth: token });

await completeRound(
  {
    async createWebhook() {
      const { data, error } = await createIncomingWebhook({
        body: { name: 'hey-api', type: 'update_fields' },
      });
      return expectData(data, error);
    },
    async createCall(call_log_id) {
      const { data, error } = await saveCall({ body: { call_log_id, state: 'completed' } });
      return expectData(data, error);
    },
    async postBack(key, call_log_id) {
      const { data, error } = await updateFields({
        auth: key,
        body: { call_log_id, revenue_paid_out: '12.50', add: { deal: 'won' } },
      });
      return expectPostback(expectData(data, error));
    },
    async readLog(webhook_id) {
      const { data, error } = await listPostbacks({ query: { webhook_id } });
      return expectData(data, error).items;
    },
  },
  'CA-hey-api',
);
