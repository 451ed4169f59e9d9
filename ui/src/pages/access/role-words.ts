import type { TokenJson } from '../../../../src/http/operator/access/token-schemas.ts';

type Role = TokenJson['role'];

/** What a token may do, most careful first. */
export const roleWords: Record<Role, string> = {
  analyst: 'Reads calls, postbacks and webhooks; exports; compares statements',
  operator: 'Also changes calls and webhooks, and imports files',
  owner: 'Also makes tokens, changes the account and reads the audit log',
};

export const roleChoices = (Object.keys(roleWords) as Role[]) // Object.keys widens to string
  .map((value) => ({ value, label: value }));

export function isRole(text: string): text is Role {
  return text in roleWords;
}
