import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import type { Explained } from '../../../api/webhooks/mapping.ts';
import type { MappingField } from '../mapping-fields.ts';
import type { SampleValue } from '../sample/sample-value.ts';
import { Alternatives } from './alternatives.tsx';
import { alternativesOf, describeRow, type MappingJson, type RowJson } from './rows.ts';
import { SourceField } from './source-field.tsx';

type AnyRow = MappingJson['fields'][string];

export type FieldRowProps = {
  field: MappingField;
  /** undefined: the field has no row; null: the row of the platform is removed */
  row: AnyRow | undefined;
  presetRow: AnyRow | undefined;
  values: readonly SampleValue[];
  read: Explained['fields'][string] | undefined;
  requests: readonly PostbackJson[];
  propose(value: SampleValue): RowJson;
  onChange(row: AnyRow | undefined): void;
};

const noRow = 'no-row';
const none = 'none';
const several = 'several';

/** One field: where it is read from, how its text is written, and what is read. */
export function FieldRow({
  field,
  row,
  presetRow,
  values,
  read,
  requests,
  propose,
  onChange,
}: FieldRowProps) {
  const rows = alternativesOf(row);
  const unset = field.name.startsWith('add.') ? 'Remove this tag' : 'Not mapped';
  const ofPlatform = presetRow && `As the platform sends it: ${describeRow(presetRow)}`;
  return (
    <div className="py-2.5">
      <div className="grid items-start gap-x-3 gap-y-1 md:grid-cols-[9rem_minmax(0,1fr)_minmax(0,1fr)]">
        <div className="min-w-0 md:pt-1.5">
          <div className="break-words font-medium text-sm">
            <bdi>{field.label}</bdi>
          </div>
        </div>
        <SourceField
          label={`${field.label} is read from`}
          row={rows.length === 1 ? (rows[0] ?? null) : null}
          others={{
            before: [
              { value: noRow, label: ofPlatform ?? unset },
              ...(rows.length > 1 ? [{ value: several, label: 'The first of these that exists' }] : []),
            ],
            after: presetRow === undefined ? [] : [{ value: none, label: 'Do not read it' }],
            chosen: rows.length > 1 ? several : row === null ? none : noRow,
          }}
          {...{ field, values, propose, onChange }}
          onOther={(chosen) => {
            if (chosen !== several) onChange(chosen === none ? null : undefined);
          }}
        />
        <ReadValue read={read} />
      </div>
      {rows.length > 0 && (
        <div className="mt-2 md:ml-39">
          <Alternatives {...{ field, rows, values, requests, propose, onChange }} />
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
