import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import type { Explained } from '../../api/webhooks/mapping.ts';
import { type Choice, SelectField } from '../../components/field.tsx';
import type { MappingField } from './mapping-fields.ts';
import { RowOptions } from './row-options.tsx';
import { describeRow, type MappingJson, type RowJson, simpleRowOf, sourcesOf } from './rows.ts';
import type { SampleValue } from './sample-value.ts';

type AnyRow = MappingJson['fields'][string];

export type FieldRowProps = {
  field: MappingField;
  /** undefined: the field has no row; null: the row of the platform is removed */
  row: AnyRow | undefined;
  presetRow: AnyRow | undefined;
  values: readonly SampleValue[];
  read: Explained['fields'][string] | undefined;
  requests: readonly PostbackJson[];
  onAssign(value: SampleValue): void;
  onChange(row: AnyRow | undefined): void;
};

const noRow = 'no-row';
const constant = 'constant';
const none = 'none';
const asJson = 'json';
const from = 'from:';

/** One field: where it is read from, how its text is written, and what is read. */
export function FieldRow({
  field,
  row,
  presetRow,
  values,
  read,
  requests,
  onAssign,
  onChange,
}: FieldRowProps) {
  const simple = simpleRowOf(row);
  const choose = (chosen: string) => {
    if (chosen === noRow) onChange(undefined);
    else if (chosen === none) onChange(null);
    else if (chosen === constant)
      onChange({ value: field.type === 'boolean' ? true : (field.choices[0] ?? '') });
    else if (chosen.startsWith(from)) {
      const source = chosen.slice(from.length);
      onAssign(values.find((value) => value.source === source) ?? { source, text: null });
    }
  };
  return (
    <div className="py-2.5">
      <div className="grid items-start gap-x-3 gap-y-1 md:grid-cols-[9rem_minmax(0,1fr)_minmax(0,1fr)]">
        <div className="min-w-0 md:pt-1.5">
          <div className="break-words font-medium text-sm">
            <bdi>{field.label}</bdi>
          </div>
        </div>
        <SelectField
          label={`${field.label} is read from`}
          isLabelHidden
          value={chosenOf(row, simple)}
          choices={choicesOf(field, row, simple, presetRow, values)}
          onChange={choose}
        />
        <ReadValue read={read} />
      </div>
      {row !== undefined && row !== null && (
        <div className="mt-2 md:ml-39">
          {simple === null ? (
            <p className="text-muted text-xs">
              Reads {describeRow(row)} from alternatives: change it with “Edit as JSON”, or choose a value to
              replace it.
            </p>
          ) : (
            <RowOptions field={field} row={simple} values={values} requests={requests} onChange={onChange} />
          )}
        </div>
      )}
      {field.help !== '' && (
        <p className="mt-1 text-muted text-xs md:ml-39">
          {field.help}
          {row === undefined && presetRow === undefined && <OwnName name={field.name} />}
        </p>
      )}
    </div>
  );
}

function chosenOf(row: AnyRow | undefined, simple: RowJson | null): string {
  if (row === undefined) return noRow;
  if (row === null) return none;
  if (simple === null) return asJson;
  return simple.from === undefined ? constant : from + (sourcesOf(simple)[0] ?? '');
}

function choicesOf(
  { name }: MappingField,
  row: AnyRow | undefined,
  simple: RowJson | null,
  presetRow: AnyRow | undefined,
  values: readonly SampleValue[],
): Choice[] {
  const first = simple === null ? undefined : sourcesOf(simple)[0];
  const isMissing = first !== undefined && !values.some(({ source }) => source === first);
  const unset =
    presetRow === undefined
      ? name.startsWith('add.')
        ? 'Remove this tag'
        : 'Not mapped'
      : `As the platform sends it: ${describeRow(presetRow)}`;
  return [
    { value: noRow, label: unset },
    ...(simple === null && row !== undefined && row !== null
      ? [{ value: asJson, label: 'As written in JSON' }]
      : []),
    ...(isMissing ? [{ value: from + first, label: `${first} (not in this request)` }] : []),
    ...values.map(({ source, text }) => ({ value: from + source, label: `${source}: ${shorten(text)}` })),
    { value: constant, label: 'Always the same value' },
    ...(presetRow === undefined ? [] : [{ value: none, label: 'Do not read it' }]),
  ];
}

const shownChars = 40;

function shorten(text: string | null): string {
  if (text === null || text === '') return '(empty)';
  return text.length > shownChars ? `${text.slice(0, shownChars)}…` : text;
}

function ReadValue({ read }: { read: Explained['fields'][string] | undefined }) {
  if (read === undefined) return <span className="hidden md:block" />;
  const { error, value, source, text } = read;
  if (error !== null) {
    return <p className="min-w-0 break-words text-danger text-xs md:pt-1">{error.detail}</p>;
  }
  return (
    <p className="min-w-0 break-words text-sm md:pt-1.5">
      <span aria-hidden className="text-muted">
        →{' '}
      </span>
      {value === null ? (
        <span className="text-muted">
          {text === null && source === null ? 'not in this request' : 'left unchanged'}
        </span>
      ) : (
        <bdi className="font-medium">{wordsFor(value)}</bdi>
      )}
    </p>
  );
}

function wordsFor(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What a field without a row is read from. */
function OwnName({ name }: { name: string }) {
  return (
    <>
      {' '}
      Read if it is sent as <code className="font-mono">{name}</code>.
    </>
  );
}
