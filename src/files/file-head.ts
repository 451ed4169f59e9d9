/** The first bytes of a file: enough to tell what it is, before any of it is read as rows. */
import { type FileFault, fileFault } from './file-fault.ts';

export type Bytes = AsyncIterable<Buffer>;

const utf8Mark = [0xef, 0xbb, 0xbf];
const howToSave = 'Save it as "CSV UTF-8" and send that.';
/** What people send in place of text, by how it begins. */
const otherBeginnings: [bytes: number[], what: string][] = [
  [[0xff, 0xfe], `The file is UTF-16. ${howToSave}`],
  [[0xfe, 0xff], `The file is UTF-16. ${howToSave}`],
  [[0x50, 0x4b, 0x03, 0x04], `The file is an Excel workbook or a ZIP archive. ${howToSave}`],
  [[0xd0, 0xcf, 0x11, 0xe0], `The file is an Excel workbook. ${howToSave}`],
  [[0x1f, 0x8b], 'The file is compressed. Unpack it and send what was in it.'],
  [[0x25, 0x50, 0x44, 0x46], 'The file is a PDF. Ask for the same as CSV.'],
];
/** What the beginnings need to be told apart. */
const headBytesMin = 4;

/**
 * Takes bytes until `isEnough` or there are no more, and gives them back with the rest behind them. A mark of
 * UTF-8 is removed; other encodings and kinds of files are rejected.
 */
export async function openText(
  bytes: Bytes,
  isEnough: (head: Buffer) => boolean,
): Promise<{ head: Buffer; bytes: Bytes } | FileFault> {
  const rest = bytes[Symbol.asyncIterator]();
  let taken: Buffer = Buffer.alloc(0);
  while (taken.length < headBytesMin || !isEnough(taken)) {
    const next = await rest.next();
    if (next.done === true) break;
    taken = Buffer.concat([taken, next.value]);
  }
  const other = otherBeginnings.find(([beginning]) => startsWith(taken, beginning));
  if (other !== undefined) return fileFault(1, other[1]);
  if (taken.includes(0)) return fileFault(1, `The file is UTF-16, or no text at all. ${howToSave}`);
  const head = startsWith(taken, utf8Mark) ? taken.subarray(utf8Mark.length) : taken;
  return { head, bytes: concat(head, rest) };
}

function startsWith(bytes: Buffer, beginning: number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}

async function* concat(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
