import { Menu } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { fieldGroups, type MappingField } from '../mapping-fields.ts';
import { alternativesOf, type MappingJson, sourcesOf } from '../rows/rows.ts';
import { isHeader, type SampleValue } from './sample-value.ts';

export type SampleValuesProps = {
  values: readonly SampleValue[];
  fields: readonly MappingField[];
  mapping: MappingJson;
  hasTags: boolean;
  mayChange: boolean;
  onAssign(field: string, value: SampleValue): void;
};

/** Every value of the request. A click on one offers the fields that it can be read as. */
export function SampleValues(props: SampleValuesProps) {
  const { values } = props;
  if (values.length === 0) return null;
  const headers = values.filter(isHeader);
  return (
    <div className="mt-4">
      <h3 className="font-medium text-sm">Its values</h3>
      <p className="mb-2 text-muted text-xs">Click a value, then choose the field that it is read as.</p>
      <ValueList
        {...props}
        values={values.filter((value) => !isHeader(value))}
        label="Values of the request"
      />
      {headers.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-muted text-sm">Headers ({headers.length})</summary>
          <div className="mt-2">
            <ValueList {...props} values={headers} label="Headers of the request" />
          </div>
        </details>
      )}
    </div>
  );
}

function ValueList({ values, label, ...props }: SampleValuesProps & { label: string }) {
  return (
    <ul aria-label={label} className="space-y-1">
      {values.map((value) => (
        <li key={value.source}>
          <ValueMenu {...props} value={value} />
        </li>
      ))}
    </ul>
  );
}

function ValueMenu({
  value,
  fields,
  mapping,
  hasTags,
  mayChange,
  onAssign,
}: Omit<SampleValuesProps, 'values'> & { value: SampleValue }) {
  const { source, text } = value;
  const users = Object.entries(mapping.fields)
    .filter(([, row]) => alternativesOf(row).flatMap(sourcesOf).includes(source))
    .map(([name]) => fields.find((field) => field.name === name)?.label ?? name.replace(/^add\./, 'Tag '));
  const tag = tagKeyOf(source);
  return (
    <Menu.Root>
      <Menu.Trigger
        disabled={!mayChange}
        className="flex w-full items-center gap-3 rounded-md border border-line px-2.5 py-1.5 text-left text-sm hover:bg-raised data-popup-open:border-accent data-popup-open:bg-accent-soft"
      >
        <span className="min-w-0 flex-1">
          <bdi className="block break-all font-mono text-muted text-xs">{source}</bdi>
          <bdi className="block max-h-11 overflow-hidden break-words">
            {text === null || text === '' ? <i className="text-muted">empty</i> : text}
          </bdi>
        </span>
        {users.map((user) => (
          <StatusBadge key={user} status="applied">
            {user}
          </StatusBadge>
        ))}
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-20 outline-none">
          <Menu.Popup className="max-h-[min(26rem,var(--available-height))] min-w-56 overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-lg outline-none">
            {fieldGroups.map(({ id, title }) => (
              <Menu.Group key={id}>
                <Menu.GroupLabel className="px-2 pt-1.5 pb-0.5 text-muted text-xs">{title}</Menu.GroupLabel>
                {fields
                  .filter(({ group }) => group === id)
                  .map((field) => (
                    <Choice
                      key={field.name}
                      name={field.label}
                      onChoose={() => onAssign(field.name, value)}
                    />
                  ))}
              </Menu.Group>
            ))}
            {hasTags && (
              <Menu.Group>
                <Menu.GroupLabel className="px-2 pt-1.5 pb-0.5 text-muted text-xs">Tags</Menu.GroupLabel>
                <Choice name={`Tag “${tag}”`} onChoose={() => onAssign(`add.${tag}`, value)} />
              </Menu.Group>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Choice({ name, onChoose }: { name: string; onChoose(): void }) {
  return (
    <Menu.Item
      onClick={onChoose}
      className="cursor-pointer break-words rounded-md px-2 py-1.5 text-sm outline-none data-highlighted:bg-raised"
    >
      <bdi>{name}</bdi>
    </Menu.Item>
  );
}

/** The last name of a source, as the key of a tag. */
function tagKeyOf(source: string): string {
  const last = source.startsWith('/')
    ? (source.split('/').at(-1) ?? source)
    : source.replace(/^(?:query|header|form)\./, '');
  return last.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 100);
}
