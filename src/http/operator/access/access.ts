/** Who may use which route: declared beside the route by `requirePermission`, enforced here alone, and denied where it is missing. */
import type { FastifyRequest } from 'fastify';
import { type Permission, permissionsOf, ruleOf } from '../../../core/access/permission.ts';
import { isAllowed, roleDescriptions } from '../../../core/access/role.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import type { Actor, Store, TokenOwner } from '../../../store/store.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** the permission that a token needs; without a declaration the route is denied */
    permission?: Permission;
  }
}

/** For the options of a route. */
export function requirePermission(permission: Permission) {
  return { config: { permission } };
}

/** Null where the request's token may do what its route does. */
export async function rejectRole(
  { findAccount }: Pick<Store, 'findAccount'>,
  { owner, routeOptions }: FastifyRequest,
): Promise<Rejection | null> {
  const { permission } = routeOptions.config;
  if (permission === undefined) return reject('role_not_allowed', 'No role may use this route.');
  const { role, isOfInstallation = false } = ruleOf(permission);
  if (!isAllowed(owner.role, role)) {
    const detail = `This needs a token with the role ${role}; yours has the role ${owner.role}, which ${roleDescriptions[owner.role]}.`;
    return reject('role_not_allowed', detail);
  }
  if (!isOfInstallation || (await isOfFirstAccount({ findAccount }, owner))) return null;
  return reject(
    'role_not_allowed',
    'This needs a token of an owner of the first account, which runs this Ringback.',
  );
}

/** All that a token may do. */
export async function readPermissions(
  store: Pick<Store, 'findAccount'>,
  owner: TokenOwner,
): Promise<Permission[]> {
  return permissionsOf(owner.role, owner.role === 'owner' && (await isOfFirstAccount(store, owner)));
}

async function isOfFirstAccount(
  { findAccount }: Pick<Store, 'findAccount'>,
  { accountId }: TokenOwner,
): Promise<boolean> {
  return (await findAccount(null))?.accountId === accountId;
}

/** The actor of a request in the audit log. */
export function actorOf({ owner, sourceIp }: Pick<FastifyRequest, 'owner' | 'sourceIp'>): Actor {
  return { name: owner.name, tokenId: owner.tokenId, personId: owner.personId, sourceIp };
}
