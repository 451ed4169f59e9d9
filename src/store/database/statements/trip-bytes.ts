/**
 * The messages of one round trip as bytes, in one buffer. The driver makes a buffer for each message and writes them one by one,
 * which costs more than the messages do. Only what `round-trip.ts` sends: statements that are prepared, values as text, rows as text.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** One use of a prepared statement; `copied` are the lines that `copy … from stdin` reads. */
export type Use = { statement: { name: string }; values: (string | null)[]; copied: string[] | null };

/** Portal and row limit of an execute message: the unnamed portal, all rows. */
const execute = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);
const sync = Buffer.from([0x53, 0, 0, 0, 4]);
/** Of a bind message, without its texts: code, length, end of two names, and the counts of formats, values and result formats. */
const bindBytes = 1 + 4 + 2 + 2 + 2 + 2;
const copyDataBytes = 1 + 4;

/** Bind and execute for each, with the data of a COPY behind it, and one sync at the end. */
export function tripBytes(uses: Use[]): Buffer {
  const bytes = Buffer.allocUnsafe(uses.reduce((size, use) => size + sizeOf(use), sync.length));
  let at = 0;
  const addText = (text: string) => {
    at += bytes.write(text, at);
  };
  for (const { statement, values, copied } of uses) {
    const bindLengthAt = bytes.writeUInt8(0x42, at);
    at = bytes.writeUInt8(0, bindLengthAt + 4);
    addText(statement.name);
    at = bytes.writeUInt8(0, at);
    at = bytes.writeUInt16BE(0, at);
    at = bytes.writeUInt16BE(values.length, at);
    for (const value of values) {
      const valueAt = at + 4;
      at = valueAt;
      if (value !== null) addText(value);
      bytes.writeInt32BE(value === null ? -1 : at - valueAt, valueAt - 4);
    }
    at = bytes.writeUInt16BE(0, at);
    bytes.writeUInt32BE(at - bindLengthAt, bindLengthAt);
    at += execute.copy(bytes, at);
    if (copied === null) continue;
    const dataLengthAt = bytes.writeUInt8(0x64, at);
    at = dataLengthAt + 4;
    for (const line of copied) {
      addText(line);
      at = bytes.writeUInt8(0x0a, at);
    }
    bytes.writeUInt32BE(at - dataLengthAt, dataLengthAt);
    at += copyDone.copy(bytes, at);
  }
  sync.copy(bytes, at);
  return bytes;
}

function sizeOf({ statement, values, copied }: Use): number {
  let size = bindBytes + Buffer.byteLength(statement.name) + execute.length;
  for (const value of values) size += 4 + (value === null ? 0 : Buffer.byteLength(value));
  if (copied === null) return size;
  for (const line of copied) size += Buffer.byteLength(line) + 1;
  return size + copyDataBytes + copyDone.length;
}
