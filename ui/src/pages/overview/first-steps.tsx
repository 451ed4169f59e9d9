import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Circle, CircleCheck, Plus, Send } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { FirstStepsJson } from '../../../../src/http/operator/sample-data/sample-data-schemas.ts';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useChangeAccount } from '../../api/access/accounts.ts';
import { useRecentCalls } from '../../api/calls/calls.ts';
import { useCreateTestCall, useHideFirstSteps } from '../../api/first-steps.ts';
import { useMay, useSession } from '../../api/session.ts';
import { useTestWebhook, useWebhooks } from '../../api/webhooks/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ownTimeZone } from '../../components/forms/time-zones.ts';
import { FailureNote } from '../../components/states/error-state.tsx';
import { ConnectCalls } from '../calls/list/first-call.tsx';
import { LoadSample } from './sample-data.tsx';

const CreateWebhookDialog = lazy(async () => ({
  default: (await import('../webhooks/create/create-webhook-dialog.tsx')).CreateWebhookDialog,
}));

/** What a new account needs before the first amount is on a call; gone when all of it is done. */
export function FirstSteps({ steps }: { steps: FirstStepsJson }) {
  const mayChange = useMay('change_webhooks');
  const { isPending: isHiding, mutate: setHidden } = useHideFirstSteps();
  if (!mayChange) return null;
  if (steps.is_hidden) {
    return (
      <div>
        <Button size="small" look="quiet" isBusy={isHiding} onClick={() => setHidden(false)}>
          Show first steps
        </Button>
      </div>
    );
  }
  const sampleWebhookId = steps.sample_data?.webhook_id ?? null;
  return (
    <Card
      title="First steps"
      actions={
        <Button size="small" look="quiet" isBusy={isHiding} onClick={() => setHidden(true)}>
          Hide
        </Button>
      }
    >
      <ZoneProposal />
      <ol aria-label="First steps" className="space-y-4">
        <Step title="Create a webhook" isDone={steps.has_webhook}>
          <CreateWebhook isDone={steps.has_webhook} />
        </Step>
        <Step title="Connect calls" isDone={steps.has_call}>
          {!steps.has_call && <FirstCallStep />}
        </Step>
        <Step title="Send a test" isDone={steps.has_postback}>
          <SendTest
            isReady={steps.has_webhook && (steps.has_call || steps.sample_data !== null)}
            sampleWebhookId={sampleWebhookId}
          />
        </Step>
        <Step title="See it applied" isDone={steps.has_applied_postback}>
          {steps.has_postback && !steps.has_applied_postback && (
            <p>
              The postback is in the{' '}
              <Link to="/postbacks" className="text-accent underline">
                log
              </Link>
              ; it was not applied to a call yet. Open it to see why.
            </p>
          )}
        </Step>
      </ol>
      {steps.may_load_sample_data && <LoadSample />}
    </Card>
  );
}

/** The first account is made without a browser, in UTC. */
function ZoneProposal() {
  const { account } = useSession();
  const mayChange = useMay('change_account');
  const change = useChangeAccount();
  const own = ownTimeZone();
  if (account.time_zone !== 'UTC' || own === 'UTC' || !mayChange) return null;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-accent-soft px-3 py-2 text-sm">
      <span className="min-w-0 flex-1">
        Times are in UTC, and days begin in it. Your browser is in {own}.
      </span>
      <Button size="small" isBusy={change.isPending} onClick={() => change.mutate({ time_zone: own })}>
        Use {own}
      </Button>
      <FailureNote error={change.error} />
    </div>
  );
}

type StepProps = { title: string; isDone: boolean; children: ReactNode };

function Step({ title, isDone, children }: StepProps) {
  const Icon = isDone ? CircleCheck : Circle;
  return (
    <li className="flex gap-3 text-sm">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${isDone ? 'text-applied' : 'text-muted'}`} />
      <div className="min-w-0 flex-1">
        <h3 className="font-medium">
          {title}
          {isDone && <span className="font-normal text-muted"> (done)</span>}
        </h3>
        <div className="mt-1 text-muted">{children}</div>
      </div>
    </li>
  );
}

/** The dialog stays while it shows the key, also when the step is done by then. */
function CreateWebhook({ isDone }: { isDone: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {!isDone && (
        <div className="flex flex-wrap items-center gap-3">
          <Button look="primary" size="small" icon={Plus} onClick={() => setOpen(true)}>
            Create a webhook
          </Button>
          <span>A URL with a key, for the system that posts back what calls were worth.</span>
        </div>
      )}
      {isOpen && (
        <Suspense>
          <CreateWebhookDialog isOpen onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function FirstCallStep() {
  const create = useCreateTestCall();
  return (
    <>
      <p>Your telephony sends its calls. The first one appears automatically.</p>
      <details className="mt-2">
        <summary className="cursor-pointer text-accent">How to connect it</summary>
        <div className="mt-3 space-y-4">
          <ConnectCalls />
        </div>
      </details>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Button size="small" icon={Plus} isBusy={create.isPending} onClick={() => create.mutate()}>
          Create a test call
        </Button>
        <span>To try the next steps without telephony.</span>
      </div>
      <FailureNote error={create.error} />
    </>
  );
}

const testBodies: Partial<Record<WebhookJson['type'], object>> = {
  update_fields: { converted: true, revenue_paid_out: '12.50' },
  update_revenue: { revenue: '12.50' },
  update_tags: { add: { test: 'true' } },
};

function SendTest({ isReady, sampleWebhookId }: { isReady: boolean; sampleWebhookId: string | null }) {
  const { rows: webhooks } = useWebhooks();
  const { data: calls } = useRecentCalls();
  const own = webhooks?.filter(({ id, type }) => id !== sampleWebhookId && type in testBodies);
  const webhook = own?.[0];
  const call = calls?.items.find(({ state }) => state === 'completed') ?? calls?.items[0];
  if (!isReady || webhook === undefined || call === undefined)
    return <p>When a webhook and a call exist, send a conversion to the call here.</p>;
  return <TestButton webhook={webhook} callLogId={call.call_log_id} />;
}

function TestButton({ webhook, callLogId }: { webhook: WebhookJson; callLogId: string }) {
  const client = useQueryClient();
  const test = useTestWebhook(webhook.id);
  const answer = test.data?.answer as { status?: string; detail?: string } | undefined; // as the endpoint answers
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look="primary"
          size="small"
          icon={Send}
          isBusy={test.isPending}
          onClick={() =>
            test.mutate(
              { method: 'POST', body: { call_log_id: callLogId, ...testBodies[webhook.type] } },
              { onSettled: () => client.invalidateQueries() },
            )
          }
        >
          Send a test
        </Button>
        <span>
          Through <bdi>{webhook.name}</bdi>, to the call{' '}
          <Link to="/calls/$callLogId" params={{ callLogId }} className="text-accent underline">
            <bdi>{callLogId}</bdi>
          </Link>
          .
        </span>
      </div>
      <FailureNote error={test.error} />
      {answer !== undefined && (
        <p role="status" className="mt-2">
          {answer.detail ?? `The response: ${answer.status ?? ''}.`}
        </p>
      )}
    </>
  );
}
