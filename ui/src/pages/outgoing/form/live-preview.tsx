import { useEffect, useState } from 'react';
import { useRecentCalls } from '../../../api/calls/calls.ts';
import { type RenderBody, useRender } from '../../../api/webhooks/outgoing.ts';
import { Card } from '../../../components/card.tsx';
import { SelectField } from '../../../components/field.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { Skeleton } from '../../../components/states/skeleton.tsx';
import { SentRequest } from './rendered.tsx';

const typingPauseMs = 400;

export type LivePreviewProps = {
  /** of a saved webhook; null: the settings are all there is */
  id: string | null;
  settings?: RenderBody['settings'];
};

/** What would be sent for a call that is chosen, as one types. Nothing is sent. */
export function LivePreview({ id, settings }: LivePreviewProps) {
  const [callLogId, setCallLogId] = useState('');
  const calls = useRecentCalls();
  const paused = usePaused(JSON.stringify(settings ?? null));
  const body = {
    ...(callLogId !== '' && { call_log_id: callLogId }),
    ...(paused !== 'null' && { settings: JSON.parse(paused) }),
  };
  const { data, error } = useRender(id, body);
  const choices = (calls.data?.items ?? []).map((call) => ({
    value: call.call_log_id,
    label: [call.call_log_id, call.phone_number, call.campaign].filter((part) => part !== null).join(' · '),
  }));
  return (
    <Card title="Preview">
      <SelectField
        label="For"
        value={callLogId}
        choices={[{ value: '', label: 'A made-up event' }, ...choices]}
        onChange={setCallLogId}
      />
      <div className="mt-3" role="status" aria-label="What would be sent">
        {error !== null ? (
          <FailureNote error={error} />
        ) : data === undefined ? (
          <Skeleton className="h-32 w-full" />
        ) : 'skipped' in data ? (
          <p className="text-sm">Nothing would be sent: {data.skipped}</p>
        ) : (
          <SentRequest of="the preview" request={data} />
        )}
      </div>
    </Card>
  );
}

/** A value once it has not changed for a moment. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setPaused(value), typingPauseMs);
    return () => window.clearTimeout(timer);
  }, [value]);
  return paused;
}
