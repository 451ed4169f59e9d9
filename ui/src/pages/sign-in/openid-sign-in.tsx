import { openIdUrl } from '../../api/session.ts';
import { buttonStyle } from '../../components/button.tsx';

export type OwnAccount = { id: string; name: string };

/** To the provider's page and back. */
export function OpenIdLink({ provider, from }: { provider: string; from: string | undefined }) {
  return (
    <a href={openIdUrl(from)} className={`${buttonStyle('primary')} w-full`}>
      Sign in with <bdi>{provider}</bdi>
    </a>
  );
}

/** One address may be of people of several accounts. */
export function AccountChoice({ accounts, from }: { accounts: OwnAccount[]; from: string | undefined }) {
  return (
    <ul className="mt-5 grid gap-2">
      {accounts.map(({ id, name }) => (
        <li key={id} className="grid">
          <a href={openIdUrl(from, id)} className={buttonStyle()}>
            <bdi>{name}</bdi>
          </a>
        </li>
      ))}
    </ul>
  );
}

const failures: Record<string, string> = {
  expired:
    'The sign-in took longer than ten minutes, or began in another browser or at another address than PUBLIC_URL. Start again here.',
  canceled: 'The sign-in was canceled.',
  unreachable: 'The sign-in provider does not answer. Try again, or sign in another way.',
  rejected:
    'The sign-in provider did not confirm the sign-in. Start again; the reason is in the log of the server.',
  not_verified:
    'The sign-in provider does not confirm your e-mail address. Verify it there, then sign in again.',
  not_invited: 'No person with your e-mail address was invited here. Ask an owner for an invitation.',
};

/** Why the way over the provider led back here. */
export function OpenIdFailure({ failed }: { failed: string | undefined }) {
  const text = failed === undefined ? undefined : failures[failed];
  if (text === undefined) return null;
  return (
    <p role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger text-sm">
      {text}
    </p>
  );
}
