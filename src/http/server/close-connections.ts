import type { FastifyInstance } from 'fastify';

const pollMs = 20;
/** Half a shutdown's time (docs/operations.md#stopping): a request that is not complete by then counts as not sent. */
const closeMsMax = 5_000;

/**
 * Lets `app.close()` end when all requests that were accepted are answered. Node closes the connections that are
 * idle when the closing begins; those that are busy then would stay open, for their client to send more on them.
 */
export function closeConnectionsOnClose(app: FastifyInstance): void {
  const { server } = app;
  app.addHook('preClose', (done) => {
    if (server.listening) {
      const closing = setInterval(() => server.closeIdleConnections(), pollMs);
      const cutting = setTimeout(() => server.closeAllConnections(), closeMsMax);
      server.once('close', () => {
        clearInterval(closing);
        clearTimeout(cutting);
      });
    }
    done();
  });
}
