import { Plus, Trash2, Undo2 } from 'lucide-react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import type { FieldJson } from '../../../api/fields.ts';
import { Button } from '../../../components/button.tsx';
import { type Choice, SelectField, TextAreaField, TextField } from '../../../components/field.tsx';
import { DateField } from '../../../components/forms/date-field.tsx';
import { FieldsetError } from '../../../components/forms/form.tsx';
import type { CallDraft } from './call-draft.ts';

type EditCallFormProps = {
  call: CallJson;
  /** those that a change by hand may set */
  fields: readonly FieldJson[];
  draft: CallDraft;
  onChange(draft: CallDraft): void;
};

export function EditCallForm({ call, fields, draft, onChange }: EditCallFormProps) {
  return (
    <div className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map((field) => (
          <div key={field.name} className={field.type === 'text' ? 'sm:col-span-2' : ''}>
            <FieldInput
              field={field}
              isLive={call.state === 'live'}
              value={draft.values[field.name] ?? ''}
              onChange={(value) => onChange({ ...draft, values: { ...draft.values, [field.name]: value } })}
            />
          </div>
        ))}
      </div>
      <TagEditor tags={call.tags} draft={draft} onChange={onChange} />
    </div>
  );
}

type FieldInputProps = {
  field: FieldJson;
  isLive: boolean;
  value: string;
  onChange(value: string): void;
};

/** The input for a field, by its type. */
function FieldInput({ field, isLive, ...input }: FieldInputProps) {
  const hint = isLive && field.completed_only ? 'Once the call has completed' : field.help;
  const frame = { label: field.label, field: field.name, hint, ...input };
  switch (field.type) {
    case 'boolean':
      return <SelectField choices={yesNo} {...frame} />;
    case 'choice':
      return <SelectField choices={choicesOf(field)} {...frame} />;
    case 'text':
      return <TextAreaField rows={2} {...frame} />;
    case 'time':
      return <DateField hasTime {...frame} />;
    case 'money':
      return <TextField inputMode="decimal" placeholder="0.00" {...frame} />;
    default:
      return <TextField {...frame} />;
  }
}

function choicesOf({ choices, is_nullable: isNullable }: FieldJson): Choice[] {
  const none = isNullable ? [{ value: '', label: 'None' }] : [];
  return [...none, ...choices.map((value) => ({ value, label: value }))];
}

const yesNo = [
  { value: 'false', label: 'No' },
  { value: 'true', label: 'Yes' },
];

type TagEditorProps = {
  tags: CallJson['tags'];
  draft: CallDraft;
  onChange(draft: CallDraft): void;
};

function TagEditor({ tags, draft, onChange }: TagEditorProps) {
  const add = () => {
    const id = (draft.added.at(-1)?.id ?? 0) + 1;
    onChange({ ...draft, added: [...draft.added, { id, key: '', value: '' }] });
  };
  const set = (id: number, change: Partial<{ key: string; value: string }>) =>
    onChange({ ...draft, added: draft.added.map((tag) => (tag.id === id ? { ...tag, ...change } : tag)) });
  const toggle = (key: string) =>
    onChange({
      ...draft,
      removed: draft.removed.includes(key)
        ? draft.removed.filter((one) => one !== key)
        : [...draft.removed, key],
    });
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium text-sm">Tags</legend>
      <ul className="max-h-48 space-y-1 overflow-y-auto">
        {Object.entries(tags).map(([key, value]) => (
          <ExistingTag
            key={key}
            name={key}
            value={value}
            isRemoved={draft.removed.includes(key)}
            onToggle={toggle}
          />
        ))}
      </ul>
      {draft.added.map(({ id, key, value }) => (
        <div key={id} className="mt-2 grid grid-cols-[1fr_1fr_auto] items-end gap-2">
          <TextField label="Key" value={key} onChange={(text) => set(id, { key: text })} />
          <TextField label="Value" value={value} onChange={(text) => set(id, { value: text })} />
          <Button
            look="quiet"
            icon={Trash2}
            aria-label={`Leave out the tag ${key}`}
            onClick={() => onChange({ ...draft, added: draft.added.filter((tag) => tag.id !== id) })}
          />
        </div>
      ))}
      {['add', 'remove', 'tags'].map((field) => (
        <FieldsetError key={field} field={field} />
      ))}
      <div className="mt-2">
        <Button size="small" icon={Plus} onClick={add}>
          Add a tag
        </Button>
      </div>
    </fieldset>
  );
}

type ExistingTagProps = { name: string; value: string; isRemoved: boolean; onToggle(key: string): void };

function ExistingTag({ name, value, isRemoved, onToggle }: ExistingTagProps) {
  return (
    <li className="flex items-center justify-between gap-2 rounded-md bg-raised/60 px-2 py-1 text-sm">
      <span className={`line-clamp-3 min-w-0 break-words ${isRemoved ? 'text-muted line-through' : ''}`}>
        <bdi>{name}</bdi>
        {value !== '' && (
          <>
            : <bdi>{value}</bdi>
          </>
        )}
      </span>
      <Button
        look="quiet"
        size="small"
        icon={isRemoved ? Undo2 : Trash2}
        aria-label={`${isRemoved ? 'Keep' : 'Remove'} the tag ${name}`}
        onClick={() => onToggle(name)}
      />
    </li>
  );
}
