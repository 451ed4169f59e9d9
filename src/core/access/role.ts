/** What a token may do. Each role may also do what the ones before it may. */
export const roles = ['analyst', 'operator', 'owner'] as const;
export type Role = (typeof roles)[number];

export const roleDescriptions: Readonly<Record<Role, string>> = {
  analyst: 'reads',
  operator: 'does everything but with accounts and tokens',
  owner: 'does everything',
};

/** @param needed by what is to be done */
export function isAllowed(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
