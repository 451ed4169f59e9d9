/**
 * A sender that may not send now is answered before its body is read. Where the body is long, the connection ends: to read
 * 16 MiB only to drop them would take time from all others. Other bodies are dropped, and the connection stays.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { bodyBytesMax } from './body.ts';

/** For the response to arrive. What is on its way to a closed connection would reset it, and the response with it. */
const lingerMsMin = 500;
/** Connections that came together do not come back together. */
const lingerMsSpread = 1_000;

/** Wrong key, barred, too many requests, no memory for the body. */
const excludingStatuses = new Set([401, 403, 429, 503]);

export function closeUnreadBodies(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    if (excludingStatuses.has(reply.statusCode) && !raw.complete && mayBeLong(raw.headers)) {
      reply.header('connection', 'close');
      stopReading(raw);
    }
    done(null, payload);
  });
}

function mayBeLong(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > bodyBytesMax;
}

/** Node would read on to drop the rest, or close the connection at once. */
function stopReading({ socket }: IncomingMessage): void {
  const destroySoon = () => {
    socket.end();
    setImmediate(() => socket.pause()); // after Node has dropped what it has read, and before it reads more
    setTimeout(() => socket.destroy(), lingerMsMin + Math.random() * lingerMsSpread).unref();
  };
  Object.assign(socket, { destroySoon });
}
