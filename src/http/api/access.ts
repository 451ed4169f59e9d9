/** Who may use which route: declared beside the route by `needs`, enforced here alone, and denied where it is not said. */
import type { FastifyRequest } from 'fastify';
import { type Refusal, refuse } from '../../core/refusal.ts';
import { isAllowed, type Role, roleDescriptions } from '../../core/role.ts';
import type { Actor, Store } from '../../store/store.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** the role that a token needs at least; owner where it is not declared */
    role?: Role;
    /** true for what only owners of the installation's first account may do */
    isOfInstallation?: boolean;
  }
}

/** For the options of a route. */
export function needs(role: Role, { isOfInstallation = false } = {}) {
  return { config: { role, ...(isOfInstallation && { isOfInstallation }) } };
}

/** Null where the request's token may do what its route does. */
export async function refuseRole(
  { findAccount }: Pick<Store, 'findAccount'>,
  { owner, routeOptions }: FastifyRequest,
): Promise<Refusal | null> {
  const { role = 'owner', isOfInstallation = false } = routeOptions.config;
  if (!isAllowed(owner.role, role)) {
    const detail = `This needs a token with the role ${role}; yours has the role ${owner.role}, which ${roleDescriptions[owner.role]}.`;
    return refuse('role_not_allowed', detail);
  }
  if (!isOfInstallation || (await findAccount(null))?.accountId === owner.accountId) return null;
  return refuse(
    'role_not_allowed',
    'This needs a token of an owner of the first account, which runs this Ringback.',
  );
}

/** Who stands in the audit log for what a request does. */
export function actorOf({ owner, sourceIp }: Pick<FastifyRequest, 'owner' | 'sourceIp'>): Actor {
  return { name: owner.name, tokenId: owner.tokenId, sourceIp };
}
