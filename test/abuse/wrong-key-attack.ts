/** Connections that send a large batch with a key of no webhook, until they are cut off; then the next ones are opened. */
import type { Socket } from 'node:net';
import { headOf, openSocket } from '../support/requests/raw-http.ts';

const bodyBytes = 16_000_000;
const chunk = Buffer.alloc(64 * 1024, '[');

export class WrongKeyAttack {
  readonly #url: string;
  readonly #head = headOf('POST /update-fields/batch', {
    'x-auth-key': 'rbk_wrong',
    'content-type': 'application/json',
    'content-length': bodyBytes,
  });
  readonly #sockets = new Set<Socket>();
  #isRunning = true;
  readonly statuses = new Map<string, number>();

  constructor(url: string, connections: number) {
    this.#url = url;
    for (let at = 0; at < connections; at += 1) this.#connect();
  }

  #connect(): void {
    const socket = openSocket(this.#url);
    this.#sockets.add(socket);
    socket.once('data', (answer: Buffer) => {
      const status = answer.toString('latin1', 9, 12);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#isRunning) this.#connect();
    });
    socket.write(this.#head);
    const writeOn = () => {
      if (!socket.destroyed) socket.write(chunk, () => setImmediate(writeOn));
    };
    writeOn();
  }

  end(): void {
    this.#isRunning = false;
    for (const socket of this.#sockets) socket.destroy();
  }
}
