import { Phone } from 'lucide-react';
import { basePath } from '../../../api/base-path.ts';
import { useSession } from '../../../api/session.ts';
import { CopyBlock } from '../../../components/copy.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';

/** In place of the list while there is no call. */
export function FirstCall() {
  return (
    <>
      <EmptyState icon={Phone} title="No calls yet">
        <p>
          Your phone system sends calls through the API or by Twilio’s status callbacks. Send one: it appears
          here.
        </p>
        <p className="mt-4">
          The{' '}
          <a href={`${basePath}/docs`} className="text-accent underline">
            documentation
          </a>{' '}
          lists every field of a call.
        </p>
      </EmptyState>
      <div className="mt-5 space-y-4">
        <ConnectCalls />
      </div>
    </>
  );
}

/** What to copy into the set-up of a phone system. */
export function ConnectCalls() {
  const { public_url: url } = useSession();
  return (
    <>
      <CopyBlock label="A call through the API" text={firstCallOf(url)} />
      <CopyBlock
        label="Twilio: the status callback of a number"
        text={`${url}/api/v1/calls/twilio/status?campaign=Roofing&publisher=Northwind%20Media`}
      />
    </>
  );
}

function firstCallOf(url: string): string {
  return `curl ${url}/api/v1/calls \\
  -H "Authorization: Bearer $ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"call_log_id":"CA1001","state":"completed",
       "phone_number":"+1 213 555 0142","duration_seconds":184,
       "campaign":"Roofing","publisher":"Northwind Media","buyer":"Acme Roofing"}'`;
}
