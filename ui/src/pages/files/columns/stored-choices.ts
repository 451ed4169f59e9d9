/** What this browser stores of files: the choices for files with the same columns, and the last imports. */
import type { InspectionJson } from '../../../api/files.ts';
import type { ColumnChoices } from './column-draft.ts';
import type { ReadingChoice } from './reading.ts';

type Choices = { reading: ReadingChoice; columns: ColumnChoices };

export type RecentImport = {
  importId: string;
  webhookId: string;
  fileName: string;
  /** instant */
  at: string;
  rows: number;
  applied: number;
};

const importsMax = 20;

function nameOf(purpose: string, { columns }: InspectionJson): string {
  return `ringback.files.${purpose}.${columns.map(({ name }) => name).join('\n')}`;
}

export function storedChoices(purpose: string, inspection: InspectionJson): Choices | null {
  return read<Choices>(nameOf(purpose, inspection));
}

export function storeChoices(purpose: string, inspection: InspectionJson, choices: Choices): void {
  write(nameOf(purpose, inspection), choices);
}

const importsName = (accountName: string) => `ringback.files.imports.${accountName}`;

export function recentImports(accountName: string): RecentImport[] {
  return read<RecentImport[]>(importsName(accountName)) ?? [];
}

/** The newest comes first. An import that goes on replaces what was kept of it. */
export function keepImport(accountName: string, one: RecentImport): void {
  const others = recentImports(accountName).filter(({ importId }) => importId !== one.importId);
  write(importsName(accountName), [one, ...others].slice(0, importsMax));
}

export function forgetImport(accountName: string, id: string): void {
  write(
    importsName(accountName),
    recentImports(accountName).filter(({ importId }) => importId !== id),
  );
}

function read<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as T | null; // only this file writes it
  } catch {
    return null;
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser without storage works; it stores nothing.
  }
}
