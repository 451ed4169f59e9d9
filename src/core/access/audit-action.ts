/** What the audit log names: each administrative act that there is. */
export const auditActions = [
  'account.created',
  'account.changed',
  'token.created',
  'token.revoked',
  'session.created',
  'session.ended',
  'webhook.created',
  'webhook.changed',
  'webhook.key_rotated',
  'webhook.signing_secret_rotated',
  'webhook.deleted',
  'webhook.postbacks_undone',
  'outgoing_webhook.created',
  'outgoing_webhook.changed',
  'outgoing_webhook.secret_rotated',
  'outgoing_webhook.replayed',
  'outgoing_webhook.disabled',
  'outgoing_webhook.deleted',
  'postback.attached',
  'postback.dismissed',
] as const;
export type AuditAction = (typeof auditActions)[number];
