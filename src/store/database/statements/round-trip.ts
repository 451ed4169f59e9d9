/**
 * Statements of the batch writer that travel together: one write to the network, one answer. The driver would describe
 * each result again and end each statement with a separate flush; both cost more than many a statement does.
 */
import type pg from 'pg';
import { tripBytes } from './trip-bytes.ts';

/** A row as the server sends it: its columns as text, in the order of the select list. */
export type RowTexts = (string | null)[];

/** The text of a column that is never null. */
export function notNull(text: string | null | undefined): string {
  if (text == null) throw new Error('the database returned null for a column that is never null');
  return text;
}

/** A constant text, prepared once on each connection under its name. */
export type Statement<Row = never> = { name: string; text: string; readRow?(texts: RowTexts): Row };

/** What a value travels as: text in PostgreSQL's own notation, see `arrayText`. */
type Value = string | null;

/** One use of a statement: its values on the way there, its rows on the way back. */
export class Query<Row = never> {
  readonly statement: Statement<Row>;
  readonly values: Value[];
  /** what `copy … from stdin` reads: lines of `copyField`s with tabs between; null for every other statement */
  readonly copied: string[] | null;
  /** what the statement returned */
  rows: Row[] = [];
  /** such as `UPDATE 12` or `COMMIT` */
  outcome = '';
  readonly texts: RowTexts[] = [];

  constructor(statement: Statement<Row>, values: Value[] = [], copied: string[] | null = null) {
    this.statement = statement;
    this.values = values;
    this.copied = copied;
  }

  /** How many rows it wrote or read. */
  get count(): number {
    return Number(/\d+$/.exec(this.outcome)?.[0] ?? 0);
  }
}

/**
 * Sends the queries together and resolves when all are answered. They run in their order; where one fails, the ones
 * behind it are not run.
 * @throws the first failure
 */
export async function sendTogether(client: pg.ClientBase, queries: Query<unknown>[]): Promise<void> {
  await client.query(new RoundTrip(queries)).done;
  for (const query of queries) {
    const { readRow } = query.statement;
    if (readRow !== undefined) query.rows = query.texts.map(readRow);
  }
}

/** Prepares the statements on a connection that is used for the first time. */
export async function prepareStatements(
  client: pg.ClientBase,
  statements: Statement<unknown>[],
): Promise<void> {
  await client.query(new Preparation(statements)).done;
}

/** PostgreSQL's notation of a list of texts. */
export function arrayText(texts: Iterable<string>): string {
  return `{${Array.from(texts, (text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

const copyEscapes: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\ufffd',
};

/** Null in COPY's text format. */
export const nullField = '\\N';

/** A field of COPY's text format. NUL, which the database cannot store, becomes U+FFFD. */
export function copyField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return nullField;
  const text = String(value);
  return /[\\\t\n\r\0]/.test(text)
    ? text.replace(/[\\\t\n\r\0]/g, (found) => copyEscapes[found] ?? '')
    : text;
}

type Done = (error: Error | null) => void;

/** The part of the driver's protocol that every query of ours shares: it calls the methods as messages come in. */
abstract class Submitted implements pg.Submittable {
  /** resolves when the server is ready for the next query */
  readonly done: Promise<void>;
  /** the driver puts its timeout around it */
  callback: Done = () => {};

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.callback = (error) => (error ? reject(error) : resolve());
    });
  }

  abstract submit(connection: pg.Connection): void;

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }
}

class Preparation extends Submitted {
  readonly #statements: Statement<unknown>[];

  constructor(statements: Statement<unknown>[]) {
    super();
    this.#statements = statements;
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection;
    stream.cork();
    for (const { name, text } of this.#statements) connection.parse({ name, text, types: [] }, true);
    connection.sync();
    stream.uncork();
  }
}

const noBytes = Buffer.alloc(0);

class RoundTrip extends Submitted {
  /**
   * Empty when the trip has ended. V8 allocates a function that is assigned to a property, as the driver's timeout is, among its old
   * objects, so that all it leads to lives until the next full collection: this trip, and with it its postbacks and their requests.
   */
  #queries: Query<unknown>[];
  /** empty when they are sent */
  #bytes: Buffer;
  #at = 0;

  constructor(queries: Query<unknown>[]) {
    super();
    this.#queries = queries;
    this.#bytes = tripBytes(queries);
  }

  submit({ stream }: pg.Connection): void {
    stream.write(this.#bytes);
    this.#bytes = noBytes;
  }

  override handleError(error: Error): void {
    this.#queries = [];
    super.handleError(error);
  }

  override handleReadyForQuery(): void {
    this.#queries = [];
    super.handleReadyForQuery();
  }

  /** The rows are on their way already. Where a statement before failed, the server drops them. */
  handleCopyInResponse(): void {}

  handleDataRow({ fields }: { fields: RowTexts }): void {
    this.#queries[this.#at]?.texts.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const query = this.#queries[this.#at];
    if (query !== undefined) query.outcome = text;
    this.#at += 1;
  }
}
