import { type DestinationStream, type Logger, pino } from 'pino';

/** What every part of the server logs to. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/**
 * @param level pino's level name, such as `info`
 * @param destination what takes the lines of JSON, if not standard output
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination === undefined ? pino(options) : pino(options, destination);
}
