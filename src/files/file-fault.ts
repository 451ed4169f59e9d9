import { type Rejection, reject } from '../core/updates/rejection.ts';

/** Why a file, or the rest of it, cannot be read. */
export type FileFault = { rejection: Rejection /** counted from 1 */; line: number };

/** @param detail says what to do */
export function fileFault(line: number, detail: string): FileFault {
  return { rejection: reject('malformed_body', detail), line };
}

/** Bytes of one row, as of the body of a single postback. */
export const rowBytesMax = 64 * 1024;
