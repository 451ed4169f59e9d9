import { Plus, X } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import type { SampleValue } from '../sample/sample-value.ts';
import { RowOptions, type RowOptionsProps } from './row-options.tsx';
import type { RowJson } from './rows.ts';
import { SourceField } from './source-field.tsx';

export type AlternativesProps = Omit<RowOptionsProps, 'row' | 'onChange'> & {
  rows: readonly RowJson[];
  propose(value: SampleValue): RowJson;
  onChange(rows: RowJson[]): void;
};

const alternativesMax = 10;

/** One row, or several of which the first counts that reads something. */
export function Alternatives({ rows, propose, onChange, ...options }: AlternativesProps) {
  const { field, values } = options;
  const add = () => {
    const first = values[0];
    onChange([...rows, first === undefined ? { value: '' } : propose(first)]);
  };
  return (
    <div className="space-y-2">
      {rows.length === 1 ? (
        <RowOptions {...options} row={rows[0] ?? {}} onChange={(row) => onChange([row])} />
      ) : (
        <ol aria-label={`Alternatives of ${field.label}`} className="space-y-2">
          {rows.map((row, index) => {
            const name = `Alternative ${index + 1} of ${field.label}`;
            const change = (next: RowJson) => onChange(rows.with(index, next));
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: an alternative is its place
              <li key={index} className="space-y-2 rounded-md border border-line p-2.5">
                <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-2">
                  <span className="text-muted text-xs">{index + 1}.</span>
                  <SourceField
                    label={`${name} is read from`}
                    {...{ field, row, values, propose }}
                    onChange={change}
                  />
                  <Button
                    size="small"
                    look="quiet"
                    icon={X}
                    aria-label={`Remove ${name}`}
                    onClick={() => onChange(rows.toSpliced(index, 1))}
                  />
                </div>
                <RowOptions {...options} row={row} onChange={change} />
              </li>
            );
          })}
        </ol>
      )}
      {rows.length < alternativesMax && (
        <Button size="small" look="quiet" icon={Plus} onClick={add}>
          {rows.length === 1 ? 'Otherwise read another value' : 'Add an alternative'}
        </Button>
      )}
    </div>
  );
}
