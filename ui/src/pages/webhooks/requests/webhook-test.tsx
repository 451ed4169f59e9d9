import { FlaskConical, Send } from 'lucide-react';
import { useState } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import type { WebhookTestBody } from '../../../../../src/http/operator/webhooks/requests/webhook-test-schemas.ts';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useRecentCalls } from '../../../api/calls/calls.ts';
import { useTestWebhook } from '../../../api/webhooks/webhooks.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { SelectField } from '../../../components/field.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { buildBody } from './build-request.ts';
import { callNamesOf, fieldsAtFirst, useBuilderFields } from './builder-fields.ts';
import { type FieldValues, RequestFields, usedValues } from './request-fields.tsx';
import { type Sent, TestResult } from './test-result.tsx';

const methodChoices = [
  { value: 'POST', label: 'POST with a JSON body' },
  { value: 'GET', label: 'GET with a query' },
];

/** A postback sent by hand: what a sender would be answered, and what becomes of the call. */
export function WebhookTest({ webhook }: { webhook: WebhookJson }) {
  const fields = useBuilderFields(webhook.type);
  const [values, setValues] = useState<FieldValues>(() =>
    Object.fromEntries(
      fields
        .filter(({ name }) => fieldsAtFirst(webhook.type).includes(name))
        .map(({ name, group, example }) => [
          name,
          { isUsed: true, value: group === 'call' ? '' : example }, // an example of a call would be of no call
        ]),
    ),
  );
  const [method, setMethod] = useState('POST');
  const [sent, setSent] = useState<Sent | null>(null);
  const { data: recent } = useRecentCalls();
  const test = useTestWebhook(webhook.id);
  const callId = values['call_log_id']?.value ?? '';
  const takesId = callNamesOf(webhook.type).includes('call_log_id');
  const pickCall = (id: string) => setValues({ ...values, call_log_id: { isUsed: id !== '', value: id } });
  const send = (isDryRun: boolean) => {
    const request = toRequest(method, usedValues(fields, values), isDryRun);
    test.mutate(request, { onSuccess: (result) => setSent({ request, result }) });
  };
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <Card title="Send a postback by hand">
        <p className="mb-4 text-muted text-sm">
          It is processed like every postback, and the log shows that you sent it. Key, allowed addresses,
          rate and signature are not checked; everything else is.
        </p>
        <div className="mb-5 grid gap-4 sm:grid-cols-2">
          {takesId && (
            <SelectField
              label="Recent call"
              value={recent?.items.some((call) => call.call_log_id === callId) ? callId : ''}
              choices={[
                { value: '', label: recent?.items.length === 0 ? 'No calls yet' : 'Pick a call…' },
                ...(recent?.items ?? []).map((call) => ({ value: call.call_log_id, label: callWords(call) })),
              ]}
              onChange={pickCall}
            />
          )}
          <SelectField label="Method" value={method} choices={methodChoices} onChange={setMethod} />
        </div>
        <RequestFields fields={fields} values={values} onChange={setValues} />
        <FailureNote error={test.error} />
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button icon={FlaskConical} onClick={() => send(true)} isBusy={test.isPending}>
            Dry run
          </Button>
          <Button look="primary" icon={Send} onClick={() => send(false)} isBusy={test.isPending}>
            Send
          </Button>
        </div>
      </Card>
      <TestResult webhook={webhook} sent={sent} />
    </div>
  );
}

function callWords({ call_log_id: id, state, campaign, phone_number: phone }: CallJson): string {
  return [id, state, campaign, phone].filter((part) => part !== null).join(' · ');
}

function toRequest(method: string, used: [string, string][], isDryRun: boolean): WebhookTestBody {
  return method === 'GET'
    ? { method: 'GET', query: Object.fromEntries(used), dry_run: isDryRun }
    : { method: 'POST', body: buildBody(used), dry_run: isDryRun };
}
