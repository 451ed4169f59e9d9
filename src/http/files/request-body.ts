/** A body that is read while it arrives, and an answer that is written meanwhile. */
import { finished, PassThrough, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../../core/refusal.ts';
import { prepareRefusal, problemOf } from '../problem.ts';

/** A sender or reader that does nothing for so long is gone. */
const idleMsMax = 120_000;
/** After an answer that came before the end of the body: time for the client to read it. */
const lingerMs = 2_000;

/** The server stops: what is under way is finished and answered, the rest is for another time. */
export class ServerStops extends Error {}

/**
 * The body as a stream of its own: who stops reading it leaves the connection whole, for the answer.
 * @param stopping ends it with `ServerStops`
 */
export function openBody({ raw }: FastifyRequest, stopping: AbortSignal): PassThrough {
  const body = new PassThrough();
  const stop = () => body.destroy(new ServerStops('the server stops'));
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();
  raw.socket.setTimeout(idleMsMax);
  raw.pipe(body);
  const unwatch = finished(raw, { writable: false }, (error) => {
    if (error) body.destroy(error);
  });
  body.on('error', () => {}); // its reader hears of it; before there is one, nobody needs to
  body.once('close', () => {
    unwatch();
    stopping.removeEventListener('abort', stop);
    raw.unpipe(body);
    raw.on('error', () => {});
    raw.resume();
  });
  return body;
}

/** Answers with lines of JSON as they are made, no faster than they are read. */
export function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  lines: AsyncIterable<string>,
): FastifyReply {
  closeAfterAnswer(request, reply);
  return reply
    .header('content-type', 'application/x-ndjson')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no') // nginx would keep the lines back
    .send(Readable.from(lines));
}

/** Refuses a file as a whole. @param line where the fault is, if it is in a line */
export function refuseFile(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
  line?: number,
): FastifyReply {
  closeAfterAnswer(request, reply);
  return prepareRefusal(reply, refusal)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problemOf(refusal, line === undefined ? {} : { line })));
}

/** Where the answer ends before the body does, the connection is of no more use. */
function closeAfterAnswer({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('finish', () => {
    if (raw.complete) return;
    const timer = setTimeout(() => raw.complete || raw.destroy(), lingerMs);
    raw.once('end', () => clearTimeout(timer));
    raw.once('close', () => clearTimeout(timer));
  });
}
