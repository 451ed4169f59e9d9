import { Send } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../../api/session.ts';
import {
  type EventType,
  type OutgoingJson,
  type TestedOutgoing,
  useTestOutgoing,
} from '../../../api/webhooks/outgoing.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { SelectField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { LookOnly } from '../../access/look-only.tsx';
import { eventName } from '../event-words.ts';
import { LivePreview } from '../form/live-preview.tsx';
import { SentRequest } from '../form/rendered.tsx';
import { Attempt } from './attempts.tsx';

/** What is sent for a real call, and a real attempt with a made-up event. */
export function TestDelivery({ webhook }: { webhook: OutgoingJson }) {
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <LivePreview id={webhook.id} />
      <SendTest webhook={webhook} />
    </div>
  );
}

function SendTest({ webhook: { id, events } }: { webhook: OutgoingJson }) {
  const [event, setEvent] = useState<EventType>(events[0] ?? 'call.converted');
  const test = useTestOutgoing(id);
  const maySend = useMay('send_postbacks');
  if (!maySend) {
    return (
      <Card title="Test">
        <LookOnly act="send a test" />
      </Card>
    );
  }
  return (
    <Card title="Test">
      <p className="mb-3 text-muted text-sm">
        Sends a made-up event to the receiver now, once. It is not in the log, and no call changes.
      </p>
      <Form error={test.error} onSubmit={() => test.mutate(event)}>
        <div className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <SelectField
              label="Event"
              field="event"
              value={event}
              choices={events.map((type) => ({ value: type, label: eventName(type) }))}
              onChange={(value) => setEvent(value as EventType)} // one of the choices
            />
          </div>
          <Button type="submit" look="primary" icon={Send} isBusy={test.isPending}>
            Send test
          </Button>
        </div>
        <FailureNote error={test.error} />
      </Form>
      {test.data !== undefined && <TestResult result={test.data} />}
    </Card>
  );
}

function TestResult({ result }: { result: TestedOutgoing }) {
  if ('skipped' in result) return <p className="mt-3 text-sm">Nothing was sent: {result.skipped}</p>;
  return (
    <div role="status" aria-label="Result of the test" className="mt-4 space-y-3">
      <Attempt of="the test" attempt={result} />
      <SentRequest of="the test" request={result.request} />
    </div>
  );
}
