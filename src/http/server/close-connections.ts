import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const pollMs = 20;
/** For the first request of a connection that was just opened. */
const unusedMsMax = 250;
/** Half a shutdown's time (docs/operations.md#stopping): a request that is not complete by then counts as not sent. */
const closeMsMax = 5_000;

/**
 * Lets `app.close()` end when all requests that were accepted are answered. Node closes the connections that are
 * idle when the closing begins; those that are busy then would stay open, for their client to send more on them. Those on
 * which nothing has come yet count as busy: browsers open such ones in advance, and so do clients that send much at once.
 */
export function closeConnectionsOnClose(app: FastifyInstance): void {
  const { server } = app;
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', (done) => {
    if (server.listening) {
      const closing = setInterval(() => server.closeIdleConnections(), pollMs);
      const closingUnused = setTimeout(() => {
        for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
      }, unusedMsMax);
      const cutting = setTimeout(() => server.closeAllConnections(), closeMsMax);
      server.once('close', () => {
        clearInterval(closing);
        clearTimeout(closingUnused);
        clearTimeout(cutting);
      });
    }
    done();
  });
}
