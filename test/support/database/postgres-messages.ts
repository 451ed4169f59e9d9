export type Message = { bytes: Buffer; statement: string | null };

/** The end of an answer, whether it tells of a commit or of a failure before it. */
export const readyForQuery = /Z\0\0\0.[IET]/s;
/** The end of the rows of a COPY. How many there were is told behind it. */
export const copyDone = Buffer.from('c\0\0\0\x04', 'latin1');
/** Asks for an answer to all that was sent before. */
export const sync = Buffer.from('S\0\0\0\x04', 'latin1');

/** Cuts what the app sends into PostgreSQL's messages: a type, a length, a content. The first has no type. */
export class Messages {
  #rest = Buffer.alloc(0);
  #isFirst = true;
  #bound: string | null = null;

  *read(data: Buffer): Generator<Message> {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (;;) {
      const typeBytes = this.#isFirst ? 0 : 1;
      if (this.#rest.length < typeBytes + 4) return;
      const end = typeBytes + this.#rest.readInt32BE(typeBytes);
      if (this.#rest.length < end) return;
      const bytes = this.#rest.subarray(0, end);
      const statement = this.#isFirst ? null : this.#statementOf(bytes);
      this.#rest = this.#rest.subarray(end);
      this.#isFirst = false;
      yield { bytes, statement };
    }
  }

  /** The text of a simple query, or the name of the prepared statement that is executed. */
  #statementOf(message: Buffer): string | null {
    const texts = message.toString('latin1', 5).split('\0', 2);
    const type = message.toString('latin1', 0, 1);
    if (type === 'Q') return texts[0] ?? null;
    if (type === 'B') this.#bound = texts[1] ?? null;
    return type === 'E' ? this.#bound : null;
  }
}
