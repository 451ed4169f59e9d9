import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { Button } from '../../../components/button.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import type { MappingField } from '../mapping-fields.ts';
import { textIn } from '../sample/sample.ts';
import { MeaningField } from './meaning-field.tsx';
import { badWord } from './propose-row.ts';
import { type Constant, type RowChanges, type RowJson, sourcesOf } from './rows.ts';

export type WordTableProps = {
  field: MappingField;
  row: RowJson;
  requests: readonly PostbackJson[];
  onChange(changes: RowChanges): void;
};

const suggestedMax = 8;
const wordCharsMax = 60;

/** What each word of the sender means. Words of the last requests that have no meaning yet are offered. */
export function WordTable({ field, row, requests, onChange }: WordTableProps) {
  const [typed, setTyped] = useState('');
  const words = Object.entries(row.words ?? {});
  const known = new Set(words.map(([word]) => word.trim().toLowerCase()));
  const [source = ''] = sourcesOf(row);
  const seen = new Map(
    requests.flatMap((request): [string, string][] => {
      const text = textIn(request, source)?.trim() ?? '';
      return text === '' || text.length > wordCharsMax ? [] : [[text.toLowerCase(), text]];
    }),
  );
  const suggested =
    field.type === 'text' ? [] : [...seen].filter(([key]) => !known.has(key)).slice(0, suggestedMax);
  const set = (next: Record<string, Constant>) =>
    onChange(Object.keys(next).length === 0 ? { words: undefined, else: undefined } : { words: next });
  const add = (word: string) => {
    if (word.trim() === '' || known.has(word.trim().toLowerCase())) return;
    set({ ...row.words, [word.trim()]: meaningAtFirst(field, word.trim()) });
    setTyped('');
  };
  if (words.length === 0 && field.type === 'text') {
    return (
      <Button size="small" look="quiet" onClick={() => set({ [[...seen.values()][0] ?? 'word']: '' })}>
        Replace words
      </Button>
    );
  }
  return (
    <div className="w-full space-y-2 rounded-md bg-raised p-2.5">
      {words.length > 0 && (
        <ul aria-label={`Words of ${field.label}`} className="space-y-1.5">
          {words.map(([word, meaning]) => (
            <li
              key={word}
              className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto] items-center gap-2 text-sm"
            >
              <bdi className="break-words font-mono text-xs">{word}</bdi>
              <span className="text-muted text-xs">means</span>
              <MeaningField
                label={`${word} means`}
                isLabelHidden
                field={field}
                value={meaning}
                onChange={(value) => set({ ...row.words, [word]: value })}
              />
              <Button
                size="small"
                look="quiet"
                icon={X}
                aria-label={`Remove the word ${word}`}
                onClick={() => set(Object.fromEntries(words.filter(([one]) => one !== word)))}
              />
            </li>
          ))}
        </ul>
      )}
      {suggested.length > 0 && (
        <div className="flex flex-wrap items-center gap-1.5 text-xs">
          <span className="text-muted">Also sent:</span>
          {suggested.map(([key, word]) => (
            <Button
              key={key}
              size="small"
              icon={Plus}
              onClick={() => add(word)}
              aria-label={`Add the word ${word}`}
            >
              {word}
            </Button>
          ))}
        </div>
      )}
      <div className="flex flex-wrap items-end gap-2">
        <div className="w-36">
          <TextField
            label={`New word of ${field.label}`}
            isLabelHidden
            value={typed}
            placeholder="Another word"
            maxLength={200}
            autoComplete="off"
            onChange={setTyped}
            onKeyDown={(event) => {
              if (event.key === 'Enter') add(typed);
            }}
          />
        </div>
        <Button size="small" onClick={() => add(typed)} disabled={typed.trim() === ''}>
          Add the word
        </Button>
        {words.length > 0 && (
          <div className="ml-auto min-w-48">
            <SelectField
              label="Any other word"
              value={elseOf(row)}
              choices={elseChoices(field, row)}
              onChange={(chosen) =>
                onChange({ else: chosen === 'refuse' ? undefined : chosen === 'value' ? row.else : chosen })
              }
            />
          </div>
        )}
      </div>
    </div>
  );
}

function meaningAtFirst({ type, choices }: MappingField, word: string): Constant {
  if (type === 'boolean') return !badWord.test(word);
  return choices[0] ?? word;
}

const elseWords = ['refuse', 'ignore', 'as_is'];

function elseOf({ else: otherwise = 'refuse' }: RowJson): string {
  return typeof otherwise === 'string' && elseWords.includes(otherwise) ? otherwise : 'value';
}

function elseChoices({ type }: MappingField, row: RowJson) {
  return [
    { value: 'refuse', label: 'Reject the request' },
    { value: 'ignore', label: 'Leave the field unchanged' },
    ...(type === 'boolean' ? [] : [{ value: 'as_is', label: 'Use it unchanged' }]),
    ...(elseOf(row) === 'value' ? [{ value: 'value', label: `Means ${String(row.else)}` }] : []),
  ];
}
