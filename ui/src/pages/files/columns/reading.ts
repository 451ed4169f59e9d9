/** How a file is read: as the server proposes it, with what a person has changed. */
import type { FileQuery, InspectionJson } from '../../../api/files.ts';

export type Reading = {
  /** null for NDJSON */
  delimiter: string | null;
  headerLine: number | null;
  amounts: '' | 'point' | 'comma';
  dates: '' | 'us' | 'eu';
  /** IANA name; empty: the account's */
  zone: string;
};

/** What a person has chosen. */
export type ReadingChoice = {
  delimiter?: DelimiterWord;
  headerLine?: number;
  amounts?: Reading['amounts'];
  dates?: Reading['dates'];
  zone?: string;
};

export type DelimiterWord = NonNullable<InspectionJson['delimiter']>;

const delimiters: Record<DelimiterWord, string> = { comma: ',', semicolon: ';', tab: '\t' };

export function readingOf(inspection: InspectionJson, choice: ReadingChoice): Reading {
  const { delimiter, header_line: headerLine, amounts, dates, zone } = inspection;
  return {
    delimiter: delimiter === null ? null : delimiters[delimiter],
    headerLine,
    amounts: choice.amounts ?? amounts ?? '',
    dates: choice.dates ?? dates ?? '',
    zone: choice.zone ?? zone ?? '',
  };
}

/** What the server gets of it, beside the header line: parts begin with the header. */
export function readingQuery({ delimiter, amounts, dates, zone }: Reading): FileQuery {
  const word = Object.entries(delimiters).find(([, sign]) => sign === delimiter)?.[0] ?? null;
  return { delimiter: word, amounts, dates, zone: zone.trim() };
}
