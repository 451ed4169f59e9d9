const names = new Set(['auth_key', 'moja_auth_key', 'account']);

/** True for a parameter that says where a request belongs, and comes first in the URLs that are copied from Ringback. */
export function isOwnKeyName(name: string): boolean {
  return names.has(name);
}
