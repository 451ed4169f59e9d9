/** A reverse proxy that serves one path, as an operator's does. */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';

export class PrefixProxy {
  readonly origin: string;
  readonly #server: Server;
  #target = '';

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** @param takesAway whether what is behind sees the path without the prefix */
  static async start(prefix: string, takesAway: boolean): Promise<PrefixProxy> {
    // As long as Ringback itself: with Node's 5 s, an idle connection may end under a request where the machine is busy.
    const server = createServer({ keepAliveTimeout: 72_000 }, (incoming, outgoing) => {
      const url = incoming.url ?? '/';
      if (!url.startsWith(`${prefix}/`) && url !== prefix) {
        outgoing.writeHead(404).end('no such site');
        return;
      }
      const path = takesAway ? url.slice(prefix.length) || '/' : url;
      const onward = request(
        proxy.#target + path,
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    const proxy = new PrefixProxy(server, address.port);
    return proxy;
  }

  leadTo(target: string): void {
    this.#target = target;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
