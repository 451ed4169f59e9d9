import type { DeliveryJson } from '../../../api/webhooks/deliveries.ts';
import { CodeBlock } from '../../../components/copy.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';

type AttemptJson = DeliveryJson['attempts'][number];

/** One attempt: when, how long it took, what the receiver responded. @param of tells readers which of several it is */
export function Attempt({ of, attempt }: { of: string; attempt: AttemptJson }) {
  const { at, ms, status, error, response } = attempt;
  return (
    <div className="min-w-0 space-y-1.5 text-sm">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <StatusBadge status={error === null ? 'delivered' : 'failed'} />
        <span className="font-mono text-xs">{status === null ? 'no response' : `HTTP ${status}`}</span>
        <span className="text-muted text-xs">
          after {ms.toLocaleString('en-US')} ms, <Time at={at} />
        </span>
      </p>
      {error !== null && <p className="break-words text-danger">{error}</p>}
      {response !== null && response !== '' && (
        <CodeBlock label={`Response of ${of}`} text={response} isWrapped />
      )}
    </div>
  );
}
