import type { ByteRange } from '../../core/values/json-items.ts';
import type { WorkSlices } from '../server/work-slices.ts';

const lineFeed = 0x0a;
const spaces = new Set([0x20, 0x09, 0x0d]);
/** A few milliseconds of work; a line may be longer. */
const linesMax = 20_000;

/** Where the lines are that are not blank. @returns null for more than `itemsMax` */
export async function splitLines(
  bytes: Buffer,
  itemsMax: number,
  slices: WorkSlices,
): Promise<ByteRange[] | null> {
  const ranges: ByteRange[] = [];
  let from = 0;
  while (from < bytes.length && ranges.length <= itemsMax) {
    await slices.run(() => {
      for (let lines = 0; lines < linesMax && from < bytes.length && ranges.length <= itemsMax; lines += 1) {
        const found = bytes.indexOf(lineFeed, from);
        const to = found === -1 ? bytes.length : found;
        const range = withoutSpaces(bytes, from, to);
        if (range !== null) ranges.push(range);
        from = to + 1;
      }
    });
  }
  return ranges.length > itemsMax ? null : ranges;
}

/** Null where nothing is left. */
function withoutSpaces(bytes: Buffer, from: number, to: number): ByteRange | null {
  let first = from;
  while (first < to && spaces.has(bytes[first] ?? 0)) first += 1;
  return first === to ? null : { from: first, to };
}
