import { type Logger, pino } from 'pino';

/** What every part of the server logs to. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/** @param level pino's level name, such as `info` */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
