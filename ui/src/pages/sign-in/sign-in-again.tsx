import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { SessionJson } from '../../../../src/http/operator/access/session-schemas.ts';
import { request } from '../../api/request.ts';
import { sessionQuery, useSession } from '../../api/session.ts';
import { SignInChoices } from './sign-in-choices.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

/**
 * Over a page whose session has ended. It hides the page and keeps all that was typed there: who signs in again goes on
 * with it. For another person or account the page is loaded anew. A sign-in in another tab counts, too.
 */
export function SignInAgain({ onSignedIn }: { onSignedIn(): void }) {
  const client = useQueryClient();
  const [before] = useState(useSession());
  const dialog = useRef<HTMLDialogElement>(null);
  const goOn = () => {
    const now = client.getQueryData(sessionQuery.queryKey);
    if (now === undefined || !isSame(before, now)) return window.location.reload();
    onSignedIn();
    void client.invalidateQueries();
  };
  useEffect(() => {
    dialog.current?.showModal(); // the browser keeps the focus within, above any dialog of the page
  }, []);
  useEffect(() => {
    const look = async () => {
      const session = await request<SessionJson>('/session').catch(() => null);
      if (session === null) return;
      client.setQueryData(sessionQuery.queryKey, session);
      goOn();
    };
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  });
  // Beside the page: an open dialog of the page makes the page inert.
  return createPortal(
    <dialog
      ref={dialog}
      aria-label="Sign in again"
      className="fixed inset-0 m-0 h-dvh max-h-none w-dvw max-w-none overflow-y-auto bg-page text-ink"
      onKeyDown={(event) => event.stopPropagation()} // keys are not for the page below
      onCancel={(event) => event.preventDefault()}
      onClose={() => dialog.current?.showModal()} // a browser may close it without asking
    >
      <SignInFrame title="Sign in again">
        <p role="status" className="mt-3 rounded-md bg-held-soft px-3 py-2 text-held text-sm">
          Your session has ended: its time was over, it was ended, or you signed out in another tab. Sign in
          again to go on where you were. What you typed is still there.
        </p>
        <SignInChoices from={window.location.pathname + window.location.search} onSignedIn={goOn} />
      </SignInFrame>
    </dialog>,
    document.body,
  );
}

function isSame(one: SessionJson, other: SessionJson): boolean {
  const whoIs = ({ account, person_id: person, signed_in_as: name, role }: SessionJson) =>
    JSON.stringify([account, person, name, role]);
  return whoIs(one) === whoIs(other);
}
