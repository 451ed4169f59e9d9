/** What each column of a file means, as it is chosen on the page, and the mapping that it becomes. */
import type { FileQuery, InspectionJson } from '../../../api/files.ts';

export type ColumnChoice = {
  /** a target's name; empty: the column is left out */
  target: string;
  /** of a yes/no field: what each word means; a word without an entry is read as it is */
  words?: Record<string, 'true' | 'false' | 'ignore'>;
};

export type Target = {
  name: string;
  label: string;
  isBoolean?: boolean;
  isSeconds?: boolean;
  isTime?: boolean;
};
export const tagTarget = 'tag';

type Column = InspectionJson['columns'][number];

/** By the name of the column, so that a choice outlives another header line and fits the next file. */
export type ColumnChoices = Readonly<Record<string, ColumnChoice>>;

/** Columns that cannot be told from others. */
export function isUsable(name: string, columns: readonly Column[]): boolean {
  return name !== '' && columns.filter((column) => column.name === name).length === 1;
}

/** @param fallback by the field that the server proposes: the target that means it here */
export function choiceOf(
  column: Column,
  columns: readonly Column[],
  chosen: ColumnChoices,
  targets: readonly Target[],
  proposedTarget: (column: Column) => string,
): ColumnChoice {
  if (!isUsable(column.name, columns)) return { target: '' };
  const known = chosen[column.name];
  if (known !== undefined) return known;
  const proposed = proposedTarget(column);
  return { target: targets.some(({ name }) => name === proposed) ? proposed : '' };
}

const ownWords = /^(?:true|false|yes|no|on|off|1|0)$/i;

/** Words that a yes/no field does not know. */
export function unknownWords({ words }: Column): string[] {
  return words.filter((word) => !ownWords.test(word.trim()));
}

/** Columns that the server would read by their names, although they are left out here. */
const readByName =
  /^(?:call_log_id|phone_number|transaction_id|dry_run|revenue|amount|started_at|state|happened_at|other_ids|parent_call_log_id|tags|(?:add|remove|fields)(?:$|[[.]).*)$/;
/** A source with such a name is no parameter in a mapping. */
const otherSource = /^(?:\/|query\.|header\.)|^(?:moja_)?auth_key$/;

type Row =
  | string
  | { from: string; words: Record<string, boolean>; else: 'refuse' | 'ignore' }
  | { from: string; as: 'seconds' }
  | { from: string; as: 'time'; format: 'iso' }
  | { value: string };

/** The `mapping` and `map` of a request. */
export function mappingQuery(
  columns: readonly Column[],
  choices: readonly ColumnChoice[],
  fieldNames: ReadonlySet<string>,
  targets: readonly Target[],
  constants: Readonly<Record<string, string>>,
): FileQuery {
  const fields: Record<string, Row> = {};
  for (const [name, value] of Object.entries(constants)) fields[name] = { value };
  const map: string[] = [];
  for (const [at, { name, words: seen, samples }] of columns.entries()) {
    const { target = '', words = {} } = choices[at] ?? {};
    if (target === '') {
      if (isUsable(name, columns) && (readByName.test(name) || fieldNames.has(name))) map.push(`${name}=`);
      continue;
    }
    const source = otherSource.test(name) ? `column ${at + 1}` : name;
    if (source !== name) map.push(`${name}=${source}`);
    const isTranslated = Object.keys(words).length > 0;
    const isAnyIgnored = Object.values(words).includes('ignore');
    const plain = plainRow(
      source,
      samples,
      targets.find((one) => one.name === target),
    );
    const row: Row = isTranslated
      ? { from: source, words: wordsOf(seen, words), else: isAnyIgnored ? 'ignore' : 'refuse' }
      : plain;
    fields[target === tagTarget ? `add.${name}` : target] = row;
  }
  return { mapping: JSON.stringify({ fields }), map };
}

/** A day without a time is its midnight. */
function plainRow(source: string, samples: readonly string[], target: Target | undefined): Row {
  if (target?.isSeconds === true) return { from: source, as: 'seconds' };
  const isDay = target?.isTime === true && samples.some((sample) => dayOnly.test(sample.trim()));
  return isDay ? { from: source, as: 'time', format: 'iso' } : source;
}

const dayOnly = /^\d{4}-\d\d-\d\d$/;

const ownMeaning: Record<string, boolean> = {
  ...{ true: true, yes: true, on: true, '1': true },
  ...{ false: false, no: false, off: false, '0': false },
};

/** Words that the file has and that are chosen to mean nothing are left out: then `else` must be `ignore`. */
function wordsOf(
  seen: readonly string[],
  chosen: NonNullable<ColumnChoice['words']>,
): Record<string, boolean> {
  const words: Record<string, boolean> = {};
  for (const word of seen) {
    const choice = chosen[word];
    const meaning = choice === undefined ? ownMeaning[word.trim().toLowerCase()] : choice === 'true';
    if (meaning !== undefined && choice !== 'ignore') words[word] = meaning;
  }
  return words;
}
