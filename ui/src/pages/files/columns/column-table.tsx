import { useId } from 'react';
import type { InspectionJson } from '../../../api/files.ts';
import { Card } from '../../../components/card.tsx';
import { controlStyle, SelectField } from '../../../components/field.tsx';
import { type ColumnChoice, isUsable, type Target, unknownWords } from './column-draft.ts';

export type ColumnTableProps = {
  inspection: InspectionJson;
  choices: readonly ColumnChoice[];
  targets: readonly Target[];
  onChoose(columnName: string, choice: ColumnChoice): void;
};

/** The first rows of the file, with what each column means above it. */
export function ColumnTable({ inspection, choices, targets, onChoose }: ColumnTableProps) {
  const { columns, rows } = inspection;
  const id = useId();
  const takenBy = (target: string, at: number) =>
    target !== 'tag' && choices.some((choice, other) => other !== at && choice.target === target);
  return (
    <Card title="Meaning of the columns">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Columns and first rows"
        className="max-h-96 overflow-auto rounded-md border border-line"
      >
        <table className="w-full border-collapse text-sm">
          <thead className="sticky top-0 z-1 bg-surface">
            <tr>
              <th scope="col" className="border-line border-b px-2.5 py-2 text-left text-muted text-xs">
                Line
              </th>
              {columns.map(({ name }, at) => {
                const { target = '' } = choices[at] ?? {};
                return (
                  <th
                    // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat; columns do not move
                    key={at}
                    scope="col"
                    className={`min-w-40 border-line border-b px-2 py-2 text-left align-top ${target === '' ? '' : 'bg-accent-soft'}`}
                  >
                    <label
                      htmlFor={`${id}-${at}`}
                      className="mb-1 block truncate font-medium text-xs"
                      title={name}
                    >
                      <bdi>{name === '' ? `Column ${at + 1}` : name}</bdi>
                    </label>
                    <select
                      id={`${id}-${at}`}
                      value={target}
                      disabled={!isUsable(name, columns)}
                      onChange={(event) => onChoose(name, { target: event.target.value })}
                      className={`${controlStyle} h-8 pr-7 font-normal`}
                    >
                      <option value="">Leave out</option>
                      {targets.map((one) => (
                        <option key={one.name} value={one.name} disabled={takenBy(one.name, at)}>
                          {one.label}
                        </option>
                      ))}
                    </select>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ line, cells }) => (
              <tr key={line} className="border-line border-b last:border-0">
                <td className="px-2.5 py-1.5 text-muted">{line}</td>
                {columns.map(({ name }, at) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    key={at}
                    className={`max-w-56 truncate px-2.5 py-1.5 ${choices[at]?.target ? '' : 'text-muted'}`}
                    title={`${name}: ${cells[at] ?? ''}`}
                  >
                    <bdi>{cells[at] ?? ''}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {columns.map((column, at) => {
        const choice = choices[at];
        const target = targets.find(({ name }) => name === choice?.target);
        if (choice === undefined || target?.isBoolean !== true) return null;
        return <Words key={column.name} {...{ column, choice }} onChoose={onChoose} />;
      })}
    </Card>
  );
}

type WordsProps = {
  column: InspectionJson['columns'][number];
  choice: ColumnChoice;
  onChoose: ColumnTableProps['onChoose'];
};

/** What the words of a yes/no column mean. */
function Words({ column, choice, onChoose }: WordsProps) {
  const unknown = unknownWords(column);
  if (unknown.length === 0) return null;
  return (
    <fieldset className="mt-4">
      <legend className="mb-2 font-medium text-sm">
        Words of <bdi>{column.name}</bdi>
      </legend>
      <div className="grid gap-3 sm:grid-cols-3 lg:grid-cols-5">
        {unknown.map((word) => (
          <SelectField
            key={word}
            label={<bdi>{word}</bdi>}
            value={choice.words?.[word] ?? ''}
            choices={meanings}
            onChange={(meaning) => {
              const { [word]: _, ...others } = choice.words ?? {};
              const chosen = meanings.find(({ value }) => value === meaning && value !== '')?.value;
              const words = chosen ? { ...others, [word]: chosen } : others;
              onChoose(column.name, { ...choice, words });
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

const meanings = [
  { value: '', label: 'Reject the row' },
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
  { value: 'ignore', label: 'Leave as it is' },
] as const;
