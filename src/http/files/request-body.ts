/** A body that is read while it arrives, and an answer that is written meanwhile. */
import type { IncomingMessage } from 'node:http';
import { finished, PassThrough, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { UnreadableBody } from '../server/body/unreadable-body.ts';
import { prepareRejection, problemOf, sendProblemJson } from '../server/errors/problem.ts';

/** A sender or reader that does nothing for so long is gone. */
const idleMsMax = 120_000;
/** After an answer that came before the end of the body: time for the client to read it. */
const lingerMs = 2_000;

const serverStops = reject('store_unavailable', 'The server is shutting down.');

/**
 * The body as a separate stream: who stops reading it leaves the connection whole, for the answer.
 * @param stopping ends it with a rejection, where the server stops
 */
export function openBody({ raw }: FastifyRequest, reply: FastifyReply, stopping: AbortSignal): PassThrough {
  const body = new PassThrough();
  const stop = () => body.destroy(new UnreadableBody(serverStops));
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();
  raw.socket.setTimeout(idleMsMax);
  raw.pipe(body);
  const unwatch = finished(raw, { writable: false }, (error) => {
    if (error) body.destroy(error);
  });
  body.on('error', () => {}); // its reader gets the error; before there is one, it does not matter
  body.once('close', () => {
    unwatch();
    stopping.removeEventListener('abort', stop);
    raw.unpipe(body);
    raw.on('error', () => {});
    raw.resume();
  });
  reply.raw.once('finish', () => {
    body.destroy();
    closeUnlessRead(raw);
  });
  return body;
}

/** Where the answer ends before the body does, the connection is of no more use. */
function closeUnlessRead(raw: IncomingMessage): void {
  if (raw.complete) return;
  const timer = setTimeout(() => raw.complete || raw.destroy(), lingerMs);
  raw.once('close', () => clearTimeout(timer));
}

/** Answers with lines of JSON as they are made, no faster than they are read. */
export function sendLines(reply: FastifyReply, lines: AsyncIterable<string>): FastifyReply {
  return reply
    .header('content-type', 'application/x-ndjson')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no') // nginx would keep the lines back
    .send(Readable.from(lines));
}

/** Rejects a file as a whole. @param line where the fault is, if it is in a line */
export function rejectFile(reply: FastifyReply, rejection: Rejection, line?: number): FastifyReply {
  return sendProblemJson(
    prepareRejection(reply, rejection),
    problemOf(rejection, line === undefined ? {} : { line }),
  );
}
