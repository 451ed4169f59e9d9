/** A receiver of outgoing webhooks, as others run one: an HTTP server that keeps what it gets. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';

type Received = {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  json: any;
  at: number;
};

export type Receiver = {
  url: string;
  received: Received[];
  /** what it answers from now on; 200 at first */
  answer(response: (received: Received, response: ServerResponse) => void): void;
  /** waits for so many requests */
  wait(count: number): Promise<Received[]>;
};

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let respond = (_received: Received, response: ServerResponse): void => void response.end('ok');
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const isJson = request.headers['content-type']?.includes('json') === true;
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body, json: isJson ? JSON.parse(body) : undefined, at: Date.now() };
      received.push(one);
      respond(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    received,
    answer(response) {
      respond = response;
    },
    async wait(count) {
      await expect.poll(() => received.length, { interval: 20 }).toBeGreaterThanOrEqual(count);
      return received;
    },
  };
}

/** A receiver that speaks anything but HTTP as it should. */
export async function startRawReceiver(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}
