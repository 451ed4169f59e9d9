import createClient from 'openapi-fetch';
import type { paths } from '../generated/openapi-typescript.ts';
import { baseUrl, completeRound, expectData, expectPostback, token } from './round.ts';

const api = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

await completeRound(
  {
    async createWebhook() {
      const { data, error } = await api.POST('/api/v1/webhooks/incoming', {
        body: { name: 'openapi-typescript', type: 'update_fields' },
      });
      return expectData(data, error);
    },
    async createCall(call_log_id) {
      const { data, error } = await api.POST('/api/v1/calls', { body: { call_log_id, state: 'completed' } });
      return expectData(data, error);
    },
    async postBack(key, call_log_id) {
      const { data, error } = await api.POST('/update-fields', {
        headers: { authorization: null, 'X-Auth-Key': key },
        body: { call_log_id, revenue_paid_out: '12.50', add: { deal: 'won' } },
      });
      return expectPostback(expectData(data, error));
    },
    async readLog(webhook_id) {
      const { data, error } = await api.GET('/api/v1/postbacks', { params: { query: { webhook_id } } });
      return expectData(data, error).items;
    },
  },
  'CA-openapi-typescript',
);
