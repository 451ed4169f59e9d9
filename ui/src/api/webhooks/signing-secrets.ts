import type { Static } from 'typebox';
import type {
  changedWebhookJson,
  rotatedSecretJson,
} from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useSend } from '../queries.ts';
import { request } from '../request.ts';

const pathOf = (id: string) => `/webhooks/incoming/${encodeURIComponent(id)}`;

/** Signatures on or off; turning them on makes a secret where none is sent, and this answer is the one that shows it. */
export function useRequireSignature(id: string) {
  return useSend(
    (body: { signature_required: boolean; verify?: string | null; signing_secret?: string }) =>
      request<Static<typeof changedWebhookJson>>(pathOf(id), { method: 'PATCH', body }),
    ['webhooks'],
  );
}

/** Makes another secret, or takes the sender's own; the old one stays valid for these hours. */
export function useRotateSigningSecret(id: string) {
  return useSend(
    (body: { grace_hours: number; signing_secret?: string }) =>
      request<Static<typeof rotatedSecretJson>>(`${pathOf(id)}/rotate-signing-secret`, {
        method: 'POST',
        body,
      }),
    ['webhooks'],
  );
}
