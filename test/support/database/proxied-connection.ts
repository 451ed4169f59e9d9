import type { Socket } from 'node:net';
import { copyDone, type Message, Messages, readyForQuery, sync } from './postgres-messages.ts';

/**
 * What becomes of a statement on its way:
 * - `pass`: nothing
 * - `lost`: the connection is cut before the database hears of it
 * - `unanswered`: it takes place (or fails), and the connection is cut before the app hears of it
 * - `late`: the connection is cut, and the statement reaches the database when the proxy is told to deliver it
 * - `stalled`: nothing passes for a while, in neither direction; then all goes on
 * - `split`: the rows of a COPY arrive whole, and what the database says after them a while later
 * - `dead`: nothing passes any more, and neither side is told
 */
export type Fate = 'pass' | 'lost' | 'unanswered' | 'late' | 'stalled' | 'split' | 'dead';

const stallMs = 400;

/** What the proxy decides and hears. */
export type Ruler = {
  fateOf(statement: string): Fate;
  sawCommit(statements: string[]): void;
  cut(app: Socket): void;
  keepLate(deliver: () => void): void;
};

/** One connection of an app to its database, both ends in hand. */
export class ProxiedConnection {
  readonly #app: Socket;
  readonly #database: Socket;
  readonly #ruler: Ruler;
  readonly #messages = new Messages();
  readonly #inbox: Message[] = [];
  #statements: string[] = [];
  /** the app must not hear what the database answers */
  #isUnanswered = false;
  /** what comes behind the rows of a COPY is late */
  #isSplit = false;
  /** nothing that the app sends goes on */
  #isStopped = false;
  /** the database is to see no end when the app goes */
  #isHeldBack = false;
  #lastWords = '';

  constructor(app: Socket, database: Socket, ruler: Ruler) {
    this.#app = app;
    this.#database = database;
    this.#ruler = ruler;
    app.on('data', (data) => {
      this.#inbox.push(...this.#messages.read(data));
      this.#passOn();
    });
    database.on('data', (data) => this.#answer(data));
    app.on('close', () => {
      if (!this.#isHeldBack) database.destroy();
    });
    database.on('close', () => app.destroy());
  }

  #answer(data: Buffer): void {
    const text = this.#lastWords + data.toString('latin1');
    this.#lastWords = text.slice(-8);
    if (this.#isSplit) this.#split(data);
    else if (!this.#isUnanswered) this.#app.write(data);
    else if (readyForQuery.test(text)) this.#ruler.cut(this.#app);
  }

  #split(data: Buffer): void {
    const at = data.indexOf(copyDone);
    const end = at < 0 ? data.length : at + copyDone.length;
    this.#app.write(data.subarray(0, end));
    if (at < 0) return;
    this.#isSplit = false;
    this.#database.pause();
    setTimeout(() => {
      this.#app.write(data.subarray(end));
      this.#database.resume();
    }, stallMs);
  }

  #passOn(): void {
    while (!this.#isStopped) {
      const message = this.#inbox.shift();
      if (message === undefined) return;
      const fate = message.statement === null ? 'pass' : this.#note(message.statement);
      if (fate === 'pass') this.#database.write(message.bytes);
      else this.#spoil(message, fate);
    }
  }

  #note(statement: string): Fate {
    if (statement === 'begin') this.#statements = [];
    else if (statement === 'commit') this.#ruler.sawCommit(this.#statements);
    else this.#statements.push(statement);
    return this.#ruler.fateOf(statement);
  }

  #spoil({ bytes }: Message, fate: Exclude<Fate, 'pass'>): void {
    if (fate === 'split') {
      this.#isSplit = true;
      this.#database.write(bytes);
      return;
    }
    this.#isStopped = true;
    switch (fate) {
      case 'lost':
        this.#ruler.cut(this.#app);
        return;
      case 'unanswered':
        this.#isUnanswered = true;
        this.#database.write(bytes);
        this.#database.write(sync); // what was behind it is lost
        return;
      case 'late':
        this.#isHeldBack = true;
        this.#ruler.keepLate(() => this.#database.end(bytes));
        this.#ruler.cut(this.#app);
        return;
      case 'stalled':
        this.#database.pause();
        setTimeout(() => {
          this.#database.write(bytes);
          this.#database.resume();
          this.#isStopped = false;
          this.#passOn();
        }, stallMs);
        return;
      case 'dead':
        this.#database.pause();
        this.#isHeldBack = true;
    }
  }
}
