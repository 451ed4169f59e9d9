import { Plus, X } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../../../components/button.tsx';
import { SelectField, TextAreaField, TextField } from '../../../components/field.tsx';
import { FieldsetError } from '../../../components/forms/form.tsx';
import { RadioCards } from '../../../components/forms/radio-cards.tsx';
import { MacroList } from './macro-list.tsx';
import { newRow, type OutgoingDraft } from './outgoing-draft.ts';

export type PartProps = {
  draft: OutgoingDraft;
  onChange(changes: Partial<OutgoingDraft>): void;
};

const formats = [
  { value: 'event', name: 'Event', description: 'Signed JSON of the event with the whole call, by POST.' },
  {
    value: 'template',
    name: 'Template',
    description: 'The request as you write it, with values of the call.',
  },
] as const;
const methods = ['GET', 'POST', 'PUT', 'PATCH'].map((method) => ({ value: method, label: method }));
const empties = [
  { value: 'send', label: 'Send it as empty text' },
  { value: 'omit', label: 'Leave its parameter out' },
  { value: 'skip', label: 'Send nothing at all' },
];

/** Where to, and what is sent. */
export function RequestSettings({ draft, onChange }: PartProps) {
  const { format, url, method, body, empty } = draft;
  const focused = useRef<{ name: 'url' | 'body'; element: HTMLInputElement | HTMLTextAreaElement }>(
    undefined,
  );
  const isTemplate = format === 'template';
  const insert = (macro: string) => {
    const name = focused.current?.name ?? 'url';
    const text = draft[name];
    const { selectionStart, selectionEnd } = focused.current?.element ?? {};
    const start = selectionStart ?? text.length;
    onChange({ [name]: text.slice(0, start) + macro + text.slice(selectionEnd ?? start) });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes which of its fields has the focus
    <div
      className="space-y-4"
      onFocus={({ target }) => {
        if (target instanceof HTMLTextAreaElement) focused.current = { name: 'body', element: target };
        else if (target instanceof HTMLInputElement && target.type === 'url')
          focused.current = { name: 'url', element: target };
      }}
    >
      <RadioCards
        label="What is sent"
        name="format"
        value={format}
        choices={formats}
        onChange={(value) => onChange({ format: value })}
      />
      <div className={isTemplate ? 'grid grid-cols-[6.5rem_minmax(0,1fr)] gap-2' : ''}>
        {isTemplate && (
          <SelectField
            label="Method"
            value={method}
            choices={methods}
            onChange={(value) => onChange({ method: value as OutgoingDraft['method'] })} // one of the choices
          />
        )}
        <TextField
          label="URL"
          type="url"
          isMono
          value={url}
          onChange={(text) => onChange({ url: text })}
          placeholder={
            isTemplate ? 'https://t.example/postback?cid=[TAG.clickid]' : 'https://crm.example/hook'
          }
          field="url"
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      {isTemplate && method !== 'GET' && (
        <TextAreaField
          label="Body"
          rows={4}
          value={body}
          onChange={(text) => onChange({ body: text })}
          field="body"
        />
      )}
      <Headers draft={draft} onChange={onChange} />
      {isTemplate && (
        <>
          <MacroList onInsert={insert} />
          <SelectField
            label="Where a value is missing"
            value={empty}
            choices={empties}
            onChange={(value) => onChange({ empty: value as OutgoingDraft['empty'] })} // one of the choices
          />
        </>
      )}
    </div>
  );
}

function Headers({ draft: { headers }, onChange }: PartProps) {
  const change = (id: number, changes: { name?: string; value?: string }) =>
    onChange({ headers: headers.map((row) => (row.id === id ? { ...row, ...changes } : row)) });
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">Headers</legend>
      <div className="space-y-2">
        {headers.map(({ id, name, value }) => (
          <div key={id} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] items-end gap-2">
            <TextField
              label="Header"
              isLabelHidden
              placeholder="Authorization"
              value={name}
              onChange={(text) => change(id, { name: text })}
            />
            <TextField
              label="Value"
              isLabelHidden
              value={value}
              onChange={(text) => change(id, { value: text })}
            />
            <Button
              look="quiet"
              icon={X}
              aria-label={`Remove header ${name}`}
              onClick={() => onChange({ headers: headers.filter((row) => row.id !== id) })}
            />
          </div>
        ))}
        <Button size="small" icon={Plus} onClick={() => onChange({ headers: [...headers, newRow()] })}>
          Add a header
        </Button>
      </div>
      <FieldsetError field="headers" />
    </fieldset>
  );
}
