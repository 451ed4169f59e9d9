import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** More than any proxy or client sends at once; a batch is the way to send more. */
const inFlightMax = 32;

type Connection = { inFlight: number; waiting: [IncomingMessage, ServerResponse][] };

/**
 * A client that has sent its request may close its half of the connection and still read the response, as some C and PHP
 * clients do. Node would close the other half too.
 */
export function answerHalfClosed(server: Server): void {
  Object.assign(server, { httpAllowHalfOpen: true }); // not in the description of its type
}

/**
 * Requests that are pipelined on one connection are processed a few at a time, so one sender never fills the queue that
 * others wait in. Beyond what was read already, nothing more is read from the connection meanwhile.
 */
export function limitPipelining(server: Server): void {
  const connections = new WeakMap<Socket, Connection>();
  const handlers = server.listeners('request') as RequestListener[]; // what the event calls
  server.removeAllListeners('request');
  const handle = (connection: Connection, request: IncomingMessage, response: ServerResponse) => {
    connection.inFlight += 1;
    response.on('close', () => {
      connection.inFlight -= 1;
      const next = connection.waiting.shift();
      if (next !== undefined) handle(connection, ...next);
      else if (request.socket.isPaused()) request.socket.resume();
    });
    for (const handler of handlers) handler.call(server, request, response);
  };
  server.on('request', (request, response) => {
    const { socket } = request;
    const connection = connections.get(socket) ?? { inFlight: 0, waiting: [] };
    if (connection.inFlight === 0) connections.set(socket, connection);
    if (connection.inFlight < inFlightMax) return handle(connection, request, response);
    connection.waiting.push([request, response]);
    socket.pause();
  });
}
