/**
 * The messages of one round trip as bytes, in one buffer. The driver makes a buffer for each message and writes them one by one,
 * which costs more than the messages do. Only what `round-trip.ts` sends: statements that are prepared, values as text, rows as text.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** One use of a prepared statement; `copied` is what `copy … from stdin` reads. */
export type Use = { statement: { name: string }; values: (string | null)[]; copied: string | null };

/** Portal and row limit of an execute message: the unnamed portal, all rows. */
const execute = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);
const sync = Buffer.from([0x53, 0, 0, 0, 4]);
/** Of a bind message, without its texts: code, length, end of two names, and the counts of formats, values and result formats. */
const bindBytes = 1 + 4 + 2 + 2 + 2 + 2;
const copyDataBytes = 1 + 4;

/** Bind and execute for each, with the data of a COPY behind it, and one sync at the end. */
export function tripBytes(uses: Use[]): Buffer {
  const lengths = uses.flatMap(({ statement, values, copied }) =>
    [statement.name, ...values, copied].map(byteLength),
  );
  let size = sync.length;
  for (const { values, copied } of uses) {
    size +=
      bindBytes +
      4 * values.length +
      execute.length +
      (copied === null ? 0 : copyDataBytes + copyDone.length);
  }
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, size));
  let at = 0;
  let textAt = 0;
  const addText = (text: string) => {
    at += bytes.write(text, at);
  };
  for (const { statement, values, copied } of uses) {
    const texts = lengths.slice(textAt, textAt + values.length + 1);
    textAt += values.length + 2;
    at = bytes.writeUInt8(0x42, at);
    at = bytes.writeUInt32BE(
      texts.reduce((sum, length) => sum + length, bindBytes - 1 + 4 * values.length),
      at,
    );
    at = bytes.writeUInt8(0, at);
    addText(statement.name);
    at = bytes.writeUInt8(0, at);
    at = bytes.writeUInt16BE(0, at);
    at = bytes.writeUInt16BE(values.length, at);
    for (const [index, value] of values.entries()) {
      at = bytes.writeInt32BE(value === null ? -1 : (texts[index + 1] ?? 0), at);
      if (value !== null) addText(value);
    }
    at = bytes.writeUInt16BE(0, at);
    at += execute.copy(bytes, at);
    if (copied === null) continue;
    at = bytes.writeUInt8(0x64, at);
    at = bytes.writeUInt32BE(4 + (lengths[textAt - 1] ?? 0), at);
    addText(copied);
    at += copyDone.copy(bytes, at);
  }
  sync.copy(bytes, at);
  return bytes;
}

function byteLength(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text);
}
