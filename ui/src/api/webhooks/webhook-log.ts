import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { listQuery, useList } from '../queries.ts';

const pageSize = 25;

export function useWebhookLog(webhookId: string) {
  return useList(
    listQuery<PostbackJson>(['postbacks', 'of-webhook', webhookId], '/postbacks', {
      webhook_id: webhookId,
      previews: 'false',
      limit: pageSize,
    }),
  );
}
