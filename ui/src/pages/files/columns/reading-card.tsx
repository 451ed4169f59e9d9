import { use } from 'react';
import type { InspectionJson } from '../../../api/files.ts';
import { Card } from '../../../components/card.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import { TimeZone } from '../../../components/time.tsx';
import type { DelimiterWord, Reading, ReadingChoice } from './reading.ts';

export type ReadingCardProps = {
  inspection: InspectionJson;
  reading: Reading;
  /** called with this change and the changes before it */
  onChange(choice: ReadingChoice): void;
};

/** How the file is read: proposed, and changeable. */
export function ReadingCard({ inspection, reading, onChange }: ReadingCardProps) {
  const accountZone = use(TimeZone);
  const { delimiter, header_line: headerLine, lines, ambiguous_date: ambiguousDate } = inspection;
  const isUnclear = ambiguousDate !== null && reading.dates === '';
  return (
    <Card title="How the file is read">
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
        {delimiter !== null && headerLine !== null && (
          <>
            <SelectField
              label="Header line"
              value={String(headerLine)}
              choices={withLine(lines, headerLine).map(({ line, cells }) => ({
                value: String(line),
                label: `${line}: ${cells
                  .filter((cell) => cell.trim() !== '')
                  .join(', ')
                  .slice(0, 60)}`,
              }))}
              onChange={(line) => onChange({ headerLine: Number(line) })}
            />
            <SelectField
              label="Delimiter"
              value={delimiter}
              choices={delimiters}
              onChange={(word) => onChange({ delimiter: word as DelimiterWord })} // one of the choices
            />
          </>
        )}
        <SelectField
          label="Amounts"
          value={reading.amounts}
          choices={amounts}
          onChange={(word) => onChange({ amounts: word as Reading['amounts'] })} // one of the choices
        />
        <SelectField
          label="Dates"
          value={reading.dates}
          choices={dates}
          {...(isUnclear && { error: `Choose the order: ${ambiguousDate} has two readings.` })}
          onChange={(word) => onChange({ dates: word as Reading['dates'] })} // one of the choices
        />
        <TextField
          label="Time zone of dates"
          value={reading.zone}
          placeholder={accountZone}
          autoComplete="off"
          onChange={(zone) => onChange({ zone })}
        />
      </div>
    </Card>
  );
}

/** The header may be behind the lines that are shown. */
function withLine(lines: InspectionJson['lines'], headerLine: number): InspectionJson['lines'] {
  return lines.some(({ line }) => line === headerLine) ? lines : [...lines, { line: headerLine, cells: [] }];
}

const delimiters: { value: DelimiterWord; label: string }[] = [
  { value: 'comma', label: 'Comma' },
  { value: 'semicolon', label: 'Semicolon' },
  { value: 'tab', label: 'Tab' },
];
const amounts = [
  { value: '', label: 'Plain: 1234.50' },
  { value: 'point', label: 'Decimal point: $1,234.50' },
  { value: 'comma', label: 'Decimal comma: 1.234,50 €' },
];
const dates = [
  { value: '', label: 'Year first: 2026-01-13' },
  { value: 'us', label: 'Month first: 01/13/2026' },
  { value: 'eu', label: 'Day first: 13.01.2026' },
];
