import type { TokenJson } from '../../../../../src/http/operator/access/token-schemas.ts';

export type Role = TokenJson['role'];

/** What a role may do, the least first. */
export const roleWords: Record<Role, string> = {
  analyst: 'Can view calls, postbacks and webhooks, export, and reconcile statements',
  operator: 'Can also change calls and webhooks, and import files',
  owner: 'Can also create tokens, change the account and view the audit log',
};

export const roleChoices = (Object.keys(roleWords) as Role[]) // Object.keys widens to string
  .map((value) => ({ value, label: value }));

export function isRole(text: string): text is Role {
  return text in roleWords;
}
