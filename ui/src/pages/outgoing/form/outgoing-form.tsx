import { SelectField, TextField } from '../../../components/field.tsx';
import { EventChoice } from './event-choice.tsx';
import { NameList } from './name-list.tsx';
import type { OutgoingDraft } from './outgoing-draft.ts';
import { type PartProps, RequestSettings } from './request-settings.tsx';

const orders = [
  { value: 'per_call', label: 'Each event, in order per call' },
  { value: 'newest', label: 'Only the newest of those that wait for a call' },
];

const partners = [
  { name: 'campaign', label: 'Campaigns', kind: 'campaigns' },
  { name: 'publisher', label: 'Publishers', kind: 'publishers' },
  { name: 'buyer', label: 'Buyers', kind: 'buyers' },
] as const;

/** All settings of an outgoing webhook but its preset. */
export function OutgoingForm(props: PartProps) {
  const { draft, onChange } = props;
  return (
    <div className="space-y-5">
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => onChange({ name })}
        maxLength={200}
        autoComplete="off"
        placeholder="Tracker"
        field="name"
      />
      {draft.preset !== null && <Variables draft={draft} onChange={onChange} />}
      <EventChoice value={draft.events} onChange={(events) => onChange({ events })} />
      <RequestSettings {...props} />
      <fieldset className="space-y-3">
        <legend className="mb-1 font-medium text-sm">Only these calls</legend>
        <div className="grid gap-3 sm:grid-cols-2">
          {partners.map(({ name, label, kind }) => (
            <NameList
              key={name}
              label={label}
              kind={kind}
              value={draft[name]}
              onChange={(names) => onChange({ [name]: names })}
            />
          ))}
          <TextField
            label="Tag"
            placeholder="key or key:value"
            value={draft.tag}
            onChange={(tag) => onChange({ tag })}
            field="filter.tag"
          />
        </div>
      </fieldset>
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label="Order"
          value={draft.order}
          choices={orders}
          onChange={(order) => onChange({ order: order as OutgoingDraft['order'] })} // one of the choices
        />
        <TextField
          label="Requests a minute"
          inputMode="numeric"
          placeholder="No limit"
          value={draft.maxPerMinute}
          onChange={(maxPerMinute) => onChange({ maxPerMinute })}
          field="max_per_minute"
        />
      </div>
    </div>
  );
}

function Variables({ draft: { preset, values }, onChange }: PartProps) {
  return (
    <div className="space-y-3">
      {preset?.variables.map(({ name, label, example }) => (
        <TextField
          key={name}
          label={label}
          field={`values.${name}`}
          placeholder={example}
          value={values[name] ?? ''}
          onChange={(text) => onChange({ values: { ...values, [name]: text } })}
          autoComplete="off"
          spellCheck={false}
        />
      ))}
    </div>
  );
}
