import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import type { SampleValue } from '../sample/sample-value.ts';
import type { ConditionJson } from './rows.ts';
import { readWords, writeWords } from './word-list.ts';

export type ConditionsProps = {
  /** what they are for, read out with each control */
  label: string;
  addLabel: string;
  conditions: readonly ConditionJson[];
  values: readonly SampleValue[];
  onChange(conditions: ConditionJson[]): void;
};

const conditionsMax = 20;
const likelySource = /event|type|status|kind|state/i;

/** What values of the request must say, all of them. A new condition is one that the request meets. */
export function Conditions({ label, addLabel, conditions, values, onChange }: ConditionsProps) {
  const add = () => {
    const first = values.find(({ source }) => likelySource.test(source)) ?? values[0];
    onChange([...conditions, { from: first?.source ?? 'event', in: [first?.text ?? ''] }]);
  };
  return (
    <div className="space-y-2">
      {conditions.map((condition, index) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no other name, and its text changes while it is typed
          key={index}
          label={`${label}, condition ${index + 1}`}
          condition={condition}
          values={values}
          onChange={(next) => onChange(conditions.with(index, next))}
          onRemove={() => onChange(conditions.toSpliced(index, 1))}
        />
      ))}
      {conditions.length < conditionsMax && (
        <Button size="small" look="quiet" icon={Plus} onClick={add}>
          {conditions.length === 0 ? addLabel : 'Add a condition'}
        </Button>
      )}
    </div>
  );
}

type ConditionRowProps = {
  label: string;
  condition: ConditionJson;
  values: readonly SampleValue[];
  onChange(condition: ConditionJson): void;
  onRemove(): void;
};

function ConditionRow({ label, condition, values, onChange, onRemove }: ConditionRowProps) {
  const [typed, setTyped] = useState(() => writeWords(condition.in));
  const sources = [condition.from].flat();
  const [source = ''] = sources;
  const choices = [...new Set([source, ...values.map((value) => value.source)])];
  const type = (text: string) => {
    setTyped(text);
    onChange({ ...condition, in: readWords(text) });
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto] items-center gap-2 text-sm">
      <SelectField
        label={`${label}: value`}
        isLabelHidden
        value={source}
        choices={choices.map((value) => ({
          value,
          label: value === source && sources.length > 1 ? sources.join(' or ') : value,
        }))}
        onChange={(from) => onChange({ ...condition, from })}
      />
      <span className="text-muted text-xs">is</span>
      <TextField
        label={`${label}: words`}
        isLabelHidden
        value={typed}
        placeholder="word, or several with commas; “a, b” in quotes is one"
        autoComplete="off"
        onChange={type}
      />
      <Button size="small" look="quiet" icon={X} aria-label={`Remove ${label}`} onClick={onRemove} />
    </div>
  );
}
