/**
 * The load generator, a separate process. Every connection sends a postback, waits for the answer, and sends the
 * next: no pipelining. Written on plain sockets because it shares the machine with what it measures: see README.md.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { answerRuns, type HttpTarget, Tally } from './driver.ts';
import { drawCall, makePayload } from './payload.ts';

const contentLength = /\r\ncontent-length: *(\d+)/i;

class Connection {
  readonly #socket: Socket;
  readonly #onAnswer: (status: number) => void;
  #received = '';

  constructor(socket: Socket, onAnswer: (status: number) => void) {
    this.#socket = socket;
    this.#onAnswer = onAnswer;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Only the status counts; the rest is skipped by its length. */
  #read(chunk: Buffer): void {
    this.#received += chunk.toString('latin1');
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const length = contentLength.exec(this.#received)?.[1];
    if (length === undefined) throw new Error(`an answer without a length: ${this.#received.slice(0, 200)}`);
    if (this.#received.length < headEnd + 4 + Number(length)) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    this.#onAnswer(status);
  }
}

answerRuns<HttpTarget>(async (target) => {
  const { url, path, authKey, itemsPerRequest, calls, connections, rate, seconds, runId } = target;
  const { hostname, port, host } = new URL(url);
  const headOf = (key: string) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: ringback-bench\r\nx-auth-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: `;
  const heads = (target.authKeys ?? [authKey]).map(headOf);
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      return socket;
    }),
  );
  let made = 0;
  const makeItem = () => makePayload(drawCall(calls), `${runId}-${++made}`);
  const makeBody =
    itemsPerRequest === 1
      ? makeItem
      : () => `[${Array.from({ length: itemsPerRequest }, makeItem).join(',')}]`;
  const tally = new Tally(seconds);
  const startMs = performance.now();
  let planned = 0;
  const untilNextMs = () =>
    rate === undefined ? 0 : startMs + (planned++ / rate) * 1_000 - performance.now();
  await new Promise<void>((resolve, reject) => {
    let open = connections;
    for (const [at, socket] of sockets.entries()) {
      const head = heads[at % heads.length];
      let sentAt = 0;
      const connection = new Connection(socket, (status) => {
        tally.add(status, sentAt, itemsPerRequest);
        sendNext();
      });
      const sendNext = () => {
        const waitMs = untilNextMs();
        if (waitMs > 0) setTimeout(send, waitMs);
        else send();
      };
      const send = () => {
        if (tally.isOver()) {
          if (--open === 0) resolve();
          return;
        }
        const body = makeBody();
        sentAt = performance.now();
        connection.send(`${head}${body.length}\r\n\r\n${body}`);
      };
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed a connection')));
      sendNext();
    }
  });
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return tally.result();
});
