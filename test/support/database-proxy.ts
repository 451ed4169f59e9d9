/** Stands between an app and its database: counts what passes, and cuts the connection where a test wants it cut. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What becomes of a commit on its way:
 * - `pass`: nothing
 * - `lost`: the connection is cut before the database hears of it
 * - `unanswered`: it takes place (or fails), and the connection is cut before the app hears of it
 * - `late`: the connection is cut, and the commit reaches the database when `deliverLate` is called
 */
export type CommitFate = 'pass' | 'lost' | 'unanswered' | 'late';

export class DatabaseProxy {
  /** connection string of the database by way of this proxy */
  readonly url: string;
  /** the statements of each transaction that the app sent a commit for: names of prepared ones, else their text */
  readonly transactions: string[][] = [];
  readonly #server: Server;
  readonly #socketPath: string;
  readonly #sockets = new Set<Socket>();
  readonly #fates: CommitFate[] = [];
  readonly #late: (() => void)[] = [];
  #isDown = false;
  #goesDownWithCut = false;

  private constructor(server: Server, databaseUrl: string) {
    const { hostname, port: socketPort, pathname } = new URL(databaseUrl);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    this.#server = server;
    this.#socketPath = `${decodeURIComponent(hostname)}/.s.PGSQL.${socketPort}`;
    this.url = `postgresql://ringback@127.0.0.1:${address.port}${pathname}?sslmode=disable`;
    server.on('connection', (socket) => this.#join(socket));
  }

  /** @param databaseUrl of a database on a unix socket */
  static async start(databaseUrl: string): Promise<DatabaseProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DatabaseProxy(server, databaseUrl);
  }

  /** Decides what becomes of the next commits, one after the other. */
  spoilCommits(...fates: CommitFate[]): void {
    this.#fates.push(...fates);
  }

  /** Lets the commits through that were held back. */
  deliverLate(): void {
    for (const deliver of this.#late.splice(0)) deliver();
  }

  /** Spoils the next commit, and with it the database goes away. */
  goDownWithCommit(fate: 'lost' | 'unanswered'): void {
    this.#fates.push(fate);
    this.#goesDownWithCut = true;
  }

  /** From now on the database is away: all connections are cut, and new ones too. */
  goDown(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  comeBack(): void {
    this.#isDown = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #cut(app: Socket): void {
    app.destroy();
    if (!this.#goesDownWithCut) return;
    this.#goesDownWithCut = false;
    this.goDown();
  }

  #join(app: Socket): void {
    if (this.#isDown) {
      app.destroy();
      return;
    }
    const database = connect(this.#socketPath);
    for (const socket of [app, database]) {
      this.#sockets.add(socket);
      socket.on('error', () => {}); // cutting is what this is for
      socket.on('close', () => this.#sockets.delete(socket));
    }
    let isAnswered = true;
    let isHeldBack = false;
    let unread = '';
    database.on('data', (data) => {
      if (isAnswered) app.write(data);
      else if (readyForQuery.test(unread + data.toString('latin1'))) this.#cut(app);
      unread = data.toString('latin1').slice(-8);
    });
    const messages = new Messages();
    let statements: string[] = [];
    app.on('data', (data) => {
      for (const { bytes, statement } of messages.read(data)) {
        if (statement !== 'commit') {
          if (statement === 'begin') statements = [];
          else if (statement !== null) statements.push(statement);
          database.write(bytes);
          continue;
        }
        this.transactions.push(statements);
        const fate = this.#fates.shift() ?? 'pass';
        if (fate !== 'lost' && fate !== 'late') database.write(bytes);
        if (fate === 'unanswered') database.write(sync); // what was behind it is lost
        if (fate === 'pass') continue;
        isAnswered = false;
        if (fate === 'unanswered') return;
        isHeldBack = fate === 'late';
        if (isHeldBack) this.#late.push(() => database.end(bytes));
        this.#cut(app);
        return;
      }
    });
    app.on('close', () => {
      if (!isHeldBack) database.destroy();
    });
    database.on('close', () => app.destroy());
  }
}

type Message = { bytes: Buffer; statement: string | null };

/** The end of an answer, whether it tells of a commit or of a failure before it. */
const readyForQuery = /Z\0\0\0.[IET]/s;
const sync = Buffer.from('S\0\0\0\x04', 'latin1');

/** Cuts what the app sends into PostgreSQL's messages: a type, a length, a content. The first has no type. */
class Messages {
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
