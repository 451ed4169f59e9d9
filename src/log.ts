import { type DestinationStream, type Logger, pino } from 'pino';

/** What every part of the server logs to. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/**
 * @param level pino's level name, such as `info`
 * @param destination what takes the lines of JSON, if not standard output
 */
export function createLog(level: string, destination: DestinationStream = standardOutput()): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

const bufferedCharsMax = 8_192;
const bufferedMsMax = 50;
const infoLevel = pino.levels.values['info'] ?? 30;

type GatheredLines = DestinationStream & { flush(): void; lastLevel: number };

/**
 * Gathers lines of level `info` and below for a moment: thousands of lines a second would be as many writes, each of
 * which wakes their reader. Anything worse goes out at once, after what was before it. Nothing is dropped.
 */
export function gatherLines(write: (lines: string) => void): GatheredLines {
  let gathered = '';
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (gathered === '') return;
    const lines = gathered;
    gathered = '';
    write(lines);
  };
  const lines: GatheredLines = {
    lastLevel: infoLevel,
    write(line: string) {
      gathered += line;
      if (lines.lastLevel > infoLevel || gathered.length >= bufferedCharsMax) flush();
      else timer ??= setTimeout(flush, bufferedMsMax).unref();
    },
    flush,
  };
  // With it pino sets lastLevel before each write.
  return Object.assign(lines, { [Symbol.for('pino.metadata')]: true });
}

let standardLines: GatheredLines | undefined;

/** One for all logs of the process, so that their lines come out in order. */
function standardOutput(): DestinationStream {
  if (standardLines !== undefined) return standardLines;
  const output = pino.destination({ fd: 1, sync: true });
  standardLines = gatherLines((text) => output.write(text));
  process.on('exit', standardLines.flush);
  return standardLines;
}
