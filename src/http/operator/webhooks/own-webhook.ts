import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import type { KeyedWebhook, Store } from '../../../store/store.ts';
import type { WebhookSource } from '../../postbacks/submit.ts';
import { isUuid } from '../page.ts';

/** An incoming webhook of the operator's account, for `submitPostback`. It is read again each time. */
export function ownWebhookSource(
  { findOwnWebhook }: Pick<Store, 'findOwnWebhook'>,
  accountId: string,
  webhookId: string,
): WebhookSource<KeyedWebhook> {
  return {
    find: async () => (isUuid(webhookId) ? findOwnWebhook(accountId, webhookId) : null),
    forget: () => {},
  };
}

export function unknownWebhook(): Rejection {
  return reject(
    'not_found',
    'There is no incoming webhook with this id: list the webhooks to find their ids.',
  );
}
