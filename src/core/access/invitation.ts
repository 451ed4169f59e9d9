import { hashSecret, makeSecret } from './secret.ts';

export const invitationDays = 7;
const invitationMs = invitationDays * 24 * 3_600_000;

/** `expiresAt`: instant */
export type Invitation = { secret: string; link: { linkHash: Buffer; expiresAt: string } };

/** A link that sets a password once, for a person who is invited or who lost theirs. */
export function makeInvitation(nowMs: number): Invitation {
  const secret = makeSecret('rbi');
  const expiresAt = new Date(nowMs + invitationMs).toISOString();
  return { secret, link: { linkHash: hashSecret(secret), expiresAt } };
}

/** The secret is behind the `#`: it reaches no server's log. The address is for the browser's password manager. */
export function invitationUrl(publicUrl: string, secret: string, email: string): string {
  return `${publicUrl}/sign-in#${new URLSearchParams({ invitation: secret, email })}`;
}
