import type { Mail } from '../../../clients/mailer.ts';
import { invitationDays } from '../../../core/access/invitation.ts';

type Addressee = { email: string; name: string; accountName: string };

/** What a person who is invited gets. */
export function invitationMail({ email, name, accountName }: Addressee, url: string): Mail {
  return {
    to: email,
    subject: `Your invitation to ${accountName} on Ringback`,
    text: letter(
      name,
      `You are invited to the account ${accountName} on Ringback. Choose a password here:`,
      url,
    ),
  };
}

/** What a person gets who asked for a new password. */
export function passwordResetMail({ email, name, accountName }: Addressee, url: string): Mail {
  const asked = `A new password was requested for your sign-in to the account ${accountName} on Ringback.`;
  return {
    to: email,
    subject: `A new password for ${accountName} on Ringback`,
    text: letter(name, `${asked} Choose it here. If you did not request it, ignore this e-mail.`, url),
  };
}

function letter(name: string, text: string, url: string): string {
  return `Hello ${name},\n\n${text}\n\n${url}\n\nThe link works once, within ${invitationDays} days.\n`;
}
