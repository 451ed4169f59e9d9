import type { DestinationStream } from 'pino';
import { visibleLines, visibleText } from '../core/values/text/visible-text.ts';

type LogLine = {
  level: number;
  time: string;
  msg?: string;
  err?: { message?: string; stack?: string };
  [detail: string]: unknown;
};

const levelNames: ReadonlyMap<number, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [40, 'warning'],
  [50, 'ERROR'],
  [60, 'FATAL'],
]);

/** For a person at a terminal: takes the log's lines of JSON and writes each as plain text. */
export function readableLog(write: (text: string) => void): DestinationStream {
  return { write: (line) => write(`${readableLine(JSON.parse(line) as LogLine)}\n`) }; // pino's own line
}

function readableLine({ level, time, msg = '', err, ...details }: LogLine): string {
  const clock = new Date(time).toTimeString().slice(0, 8);
  const name = levelNames.get(level);
  const words = [
    clock,
    ...(name === undefined ? [] : [`${name}:`]),
    visibleText(err?.message === undefined ? msg : `${msg}: ${err.message}`),
    ...Object.entries(details).map(([key, value]) => `${key}=${visibleText(textOf(value))}`),
  ];
  const isFault = level >= 50 && err?.stack !== undefined;
  return [words.join(' '), ...(isFault ? [visibleLines(err?.stack ?? '')] : [])].join('\n');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
