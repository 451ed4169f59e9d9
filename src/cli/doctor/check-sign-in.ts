/** What signing in depends on besides Ringback: the provider of OpenID Connect, and the server that takes e-mail. */

import { checkMail } from '../../clients/mailer.ts';
import { OpenIdProvider } from '../../clients/openid-provider.ts';
import type { Config } from '../../config.ts';
import { reasonOf } from '../../core/values/text/reason.ts';
import type { Finding } from '../../offline/finding.ts';

/** One finding for each of them that is set up. */
export async function checkSignIn({ openId, mail, publicUrl }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (openId !== null) {
    const { issuer } = openId;
    const provider = new OpenIdProvider(
      openId,
      () => `${publicUrl ?? 'http://localhost'}/api/v1/session/openid/callback`,
    );
    findings.push(
      await check('OIDC', `${issuer} is reached and knows this client`, () => provider.check(), {
        says: issuer,
        fix: 'Check OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, and that this machine reaches the provider. Other ways to sign in work without it.',
      }),
    );
  }
  if (mail !== null) {
    const host = new URL(mail.url).host; // without user and password
    findings.push(
      await check('SMTP', `${host} is reached and takes the user and password`, () => checkMail(mail), {
        says: host,
        fix: 'Check SMTP_URL: its host, port, user and password. Until then, copy invitation links by hand.',
      }),
    );
  }
  return findings;
}

async function check(
  subject: string,
  ok: string,
  act: () => Promise<void>,
  failed: { says: string; fix: string },
): Promise<Finding> {
  try {
    await act();
    return { level: 'ok', subject, says: ok };
  } catch (error) {
    return { level: 'FAIL', subject, says: `${failed.says}: ${innermostReason(error)}`, fix: failed.fix };
  }
}

/** The innermost cause says what happened; none of them contains a secret. */
function innermostReason(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return innermostReason(error.cause);
  const { error: code } = Object(error) as { error?: unknown }; // of an answer of OpenID Connect
  return typeof code === 'string' ? code : reasonOf(error);
}
