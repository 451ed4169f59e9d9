import { isAllowed, type Role } from './role.ts';

type Rule = {
  /** the role that it needs at least */
  role: Role;
  /** only owners of the installation's first account may */
  isOfInstallation?: true;
};

/** What there is to do on the operator's side. The one table of who may do what: routes and pages name a row of it. */
const rules = {
  read: { role: 'analyst' },
  change_calls: { role: 'operator' },
  change_views: { role: 'operator' },
  change_webhooks: { role: 'operator' },
  /** those of the test tab, and replays */
  send_postbacks: { role: 'operator' },
  change_account: { role: 'owner' },
  manage_tokens: { role: 'owner' },
  read_audit_log: { role: 'owner' },
  manage_accounts: { role: 'owner', isOfInstallation: true },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof rules;
export const permissionNames = Object.keys(rules) as Permission[]; // Object.keys widens to string

export function ruleOf(permission: Permission): Rule {
  return rules[permission];
}

/** @param isOfFirstAccount of the one that runs the installation */
export function permissionsOf(role: Role, isOfFirstAccount: boolean): Permission[] {
  return permissionNames.filter((name) => {
    const { role: needed, isOfInstallation = false } = ruleOf(name);
    return isAllowed(role, needed) && (isOfFirstAccount || !isOfInstallation);
  });
}
