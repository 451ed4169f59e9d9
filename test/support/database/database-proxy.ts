/** Stands between an app and its database: counts what passes, and spoils the connection where a test wants it spoiled. */
import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { type Fate, ProxiedConnection } from './proxied-connection.ts';

export type CommitFate = Extract<Fate, 'pass' | 'lost' | 'unanswered' | 'late'>;

export class DatabaseProxy {
  /** connection string of the database by way of this proxy */
  readonly url: string;
  /** the statements of each transaction that the app sent a commit for: names of prepared ones, else their text */
  readonly transactions: string[][] = [];
  readonly #server: Server;
  #target: NetConnectOpts;
  readonly #sockets = new Set<Socket>();
  readonly #fates = new Map<string, { fate: Fate; happened(): void }[]>();
  readonly #late: (() => void)[] = [];
  #isDown = false;
  #goesDownWithCut = false;

  private constructor(server: Server, databaseUrl: string) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    this.#server = server;
    this.#target = targetOf(databaseUrl);
    const { username, password, pathname } = new URL(databaseUrl);
    const who = password === '' ? username : `${username}:${password}`;
    this.url = `postgresql://${who}@127.0.0.1:${address.port}${pathname}?sslmode=disable`;
    server.on('connection', (socket) => this.#join(socket));
  }

  static async start(databaseUrl: string): Promise<DatabaseProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DatabaseProxy(server, databaseUrl);
  }

  /** Decides what becomes of the next commits, one after the other. */
  spoilCommits(...fates: CommitFate[]): void {
    for (const fate of fates) void this.spoil('commit', fate);
  }

  /** Decides what becomes of the next statement of this name (or text). Resolves when it comes. */
  spoil(statement: string, fate: Fate): Promise<void> {
    return new Promise((happened) => {
      const waiting = this.#fates.get(statement) ?? [];
      this.#fates.set(statement, [...waiting, { fate, happened }]);
    });
  }

  /** Lets the commits through that were held back. */
  deliverLate(): void {
    for (const deliver of this.#late.splice(0)) deliver();
  }

  /** Spoils the next commit, and with it the database goes away. */
  goDownWithCommit(fate: 'lost' | 'unanswered'): void {
    this.spoilCommits(fate);
    this.#goesDownWithCut = true;
  }

  /** From now on the database is away: all connections are cut, and new ones too. */
  goDown(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** @param databaseUrl where another one takes its place */
  comeBack(databaseUrl?: string): void {
    if (databaseUrl !== undefined) this.#target = targetOf(databaseUrl);
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

  #fateOf(statement: string): Fate {
    const next = this.#fates.get(statement)?.shift();
    next?.happened();
    return next?.fate ?? 'pass';
  }

  #join(app: Socket): void {
    if (this.#isDown) {
      app.destroy();
      return;
    }
    const database = connect(this.#target);
    for (const socket of [app, database]) {
      this.#sockets.add(socket);
      socket.on('error', () => {}); // cutting is what this is for
      socket.on('close', () => this.#sockets.delete(socket));
    }
    new ProxiedConnection(app, database, {
      fateOf: (statement) => this.#fateOf(statement),
      sawCommit: (statements) => this.transactions.push(statements),
      cut: (socket) => this.#cut(socket),
      keepLate: (deliver) => this.#late.push(deliver),
    });
  }
}

function targetOf(databaseUrl: string): NetConnectOpts {
  const { hostname, port } = new URL(databaseUrl);
  const host = decodeURIComponent(hostname);
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port || 5432) };
}
