import type { EventType } from '../../../api/webhooks/outgoing.ts';
import { FieldsetError } from '../../../components/forms/form.tsx';
import { eventGroups } from '../event-words.ts';

export type EventChoiceProps = {
  value: EventType[];
  onChange(events: EventType[]): void;
};

/** Which events a webhook gets. */
export function EventChoice({ value, onChange }: EventChoiceProps) {
  const toggle = (type: EventType, isOn: boolean) =>
    onChange(isOn ? [...value, type] : value.filter((one) => one !== type));
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">Events</legend>
      <div className="grid gap-3 sm:grid-cols-3">
        {eventGroups.map(({ name, events }) => (
          <div key={name}>
            <p className="mb-1 text-muted text-xs">{name}</p>
            {events.map((event) => (
              <label key={event.type} className="flex items-start gap-2 py-0.5 text-sm" title={event.type}>
                <input
                  type="checkbox"
                  className="mt-1"
                  checked={value.includes(event.type)}
                  onChange={({ target }) => toggle(event.type, target.checked)}
                />
                {event.name}
              </label>
            ))}
          </div>
        ))}
      </div>
      <FieldsetError field="events" />
    </fieldset>
  );
}
