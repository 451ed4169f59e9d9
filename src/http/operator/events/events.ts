import { fastifySSE } from '@fastify/sse';
import type { FastifyInstance } from 'fastify';
import { reject } from '../../../core/updates/rejection.ts';
import type { ChangeVersions } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs } from '../route.ts';
import { ChangeFeed } from './change-feed.ts';
import { eventStream } from './event-schemas.ts';
import { OpenStreams } from './open-streams.ts';

const pollMs = 1_000;
/** Below the minute after which proxies take a silent connection for dead. */
const heartbeatMs = 15_000;
/** A revoked token, or a browser that signed out, gets events no longer than this. */
const checkMs = 2_000;
/** Then the client connects again, perhaps to another process. */
const streamMsMax = 15 * 60_000;
const reconnectMs = 2_000;
/** Of one account, on one process. */
const streamsMax = 50;

/** `GET /events`: tells a client when to read lists again, as server-sent events. */
export async function registerEventRoute(app: FastifyInstance, { store, rejectionOf }: Api): Promise<void> {
  await fastifySSE(app, { heartbeatInterval: heartbeatMs }); // called, not registered: its hook is for this scope's route
  const feed = new ChangeFeed({
    readMarks: store.readChangeVersions,
    onFailure: (error) => rejectionOf(error, app.log), // logged there; the next reading may succeed
    pollMs,
  });
  const open = new OpenStreams({
    findEnded: store.findEnded,
    onFailure: (error) => rejectionOf(error, app.log),
    checkMs,
  });
  app.addHook('preClose', async () => open.endAll());

  app.get(
    '/events',
    {
      sse: 'manual',
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'Hear of changed calls and postbacks, as server-sent events',
        description:
          '`ready` comes first. `changed` comes at most once a second, and its data names the `resources` to read again: `calls`, `postbacks`. Last-Event-ID is honoured: what changed meanwhile is told at once. The stream ends with its token or session.',
        response: { 200: eventStream, '4xx': problem },
      },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      if (reply.raw.closed) return reply; // of a client that has left already, no `close` comes any more
      const { accountId } = request.owner;
      if (feed.countOf(accountId) >= streamsMax) {
        const detail = `This account has ${streamsMax} open event streams here: close one.`;
        return sendProblem(reply, reject('rate_limited', detail));
      }
      let known = parseMarks(reply.sse.lastEventId);
      const stopListening = feed.listen({
        accountId,
        hear: (marks) => {
          void reply.sse
            .send({ ...eventOf(known, marks), id: `${marks.calls}.${marks.postbacks}` })
            .catch(() => {});
          known = marks;
        },
      });
      const ending = setTimeout(() => reply.sse.close(), streamMsMax);
      const forget = open.add({ secretHash: request.secretHash, end: () => reply.sse.close() });
      // The server answers half-closed connections, but a reader that sends no more has left.
      const { socket } = request.raw;
      const leave = () => reply.sse.close();
      socket.once('end', leave);
      reply.sse.onClose(() => {
        socket.off('end', leave);
        forget();
        clearTimeout(ending);
        stopListening();
      });
      reply.header('cache-control', 'no-store, no-transform');
      reply.sse.keepAlive();
      reply.sse.sendHeaders();
      reply.raw.write(`retry: ${reconnectMs}\n\n`);
      return reply;
    },
  );
}

function eventOf(known: ChangeVersions | null, marks: ChangeVersions) {
  const resources = (['calls', 'postbacks'] as const).filter(
    (name) => known !== null && known[name] !== marks[name],
  );
  return { event: resources.length > 0 ? 'changed' : 'ready', data: { resources } };
}

/** Reads back an event's id; null for none, or one that is none of ours. */
function parseMarks(id: string | null): ChangeVersions | null {
  const [, calls, postbacks] = /^(-?\d{1,20})\.(-?\d{1,20})$/.exec(id ?? '') ?? [];
  return calls === undefined || postbacks === undefined ? null : { calls, postbacks };
}
