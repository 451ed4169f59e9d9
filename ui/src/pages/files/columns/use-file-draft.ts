import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type FileQuery, type InspectionJson, inspectFile } from '../../../api/files.ts';
import {
  type ColumnChoice,
  type ColumnChoices,
  choiceOf,
  mappingQuery,
  type Target,
} from './column-draft.ts';
import { type Reading, type ReadingChoice, readingOf, readingQuery } from './reading.ts';
import { storeChoices, storedChoices } from './stored-choices.ts';

export type FileDraft = {
  inspection: InspectionJson;
  reading: Reading;
  choices: ColumnChoice[];
  /** how the file is read and what its columns mean, as the server takes it */
  query: FileQuery;
  changeReading(choice: ReadingChoice): void;
  chooseColumn(name: string, choice: ColumnChoice): void;
  /** keeps the choices for the next file with these columns */
  keep(): void;
};

export type DraftOptions = {
  /** keeps the choices for different purposes apart */
  purpose: string;
  targets: readonly Target[];
  fieldNames: ReadonlySet<string>;
  /** fields that have one value in all rows */
  constants?: Readonly<Record<string, string>>;
  proposedTarget(column: InspectionJson['columns'][number]): string;
  /** something was changed: what was made of the file before is no longer true */
  onChange(): void;
};

/** How a file is read, from what the server proposes, what was chosen for such files before, and what is chosen now. */
export function useFileDraft(file: File, options: DraftOptions) {
  const { purpose, targets, fieldNames, constants = {}, proposedTarget, onChange } = options;
  const [changedReading, setReading] = useState<ReadingChoice>({});
  const [changedColumns, setColumns] = useState<ColumnChoices>({});
  const { delimiter, headerLine } = changedReading;
  const asked: FileQuery = { delimiter: delimiter ?? null, header_line: headerLine ?? null };
  const { data, error, refetch } = useQuery({
    queryKey: ['files', 'inspect', file.name, file.size, file.lastModified, asked],
    queryFn: () => inspectFile(file, asked),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (data === undefined) return { draft: null, error, retry: () => void refetch() };
  const known = storedChoices(purpose, data);
  const reading = readingOf(data, { ...known?.reading, ...changedReading });
  const chosen = { ...known?.columns, ...changedColumns };
  const { columns } = data;
  const choices = columns.map((column) => choiceOf(column, columns, chosen, targets, proposedTarget));
  const draft: FileDraft = {
    ...{ inspection: data, reading, choices },
    query: { ...readingQuery(reading), ...mappingQuery(columns, choices, fieldNames, targets, constants) },
    changeReading: (choice) => {
      setReading({ ...changedReading, ...choice });
      onChange();
    },
    chooseColumn: (name, choice) => {
      setColumns({ ...changedColumns, [name]: choice });
      onChange();
    },
    keep: () => {
      const { amounts, dates, zone } = reading;
      const byName = Object.fromEntries(columns.map(({ name }, at) => [name, choices[at] ?? { target: '' }]));
      storeChoices(purpose, data, { reading: { amounts, dates, zone }, columns: byName });
    },
  };
  return { draft, error, retry: () => void refetch() };
}
