/** Outcomes as answers to the sender, in the form that was asked for (docs/senders.md#answers). */
import type { FastifyReply } from 'fastify';
import type { AnswerForm } from '../../core/updates/decode/decode.ts';
import type { Outcome, Waiting } from '../../core/updates/postback.ts';
import { type Rejection, rejectionCodes } from '../../core/updates/rejection.ts';
import { prepareRejection, problemOf, sendProblem, sendProblemJson } from '../server/errors/problem.ts';

const successStatus = {
  created: 201,
  applied: 200,
  unchanged: 200,
  queued: 202,
  waiting: 202,
  kept: 202,
  ignored: 200,
} as const;

const transparentGif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** What an answer says beside the outcome. */
export type AnswerOptions = { form: AnswerForm; isDryRun: boolean };

export function answerPostback(
  reply: FastifyReply,
  outcome: Outcome,
  { form, isDryRun }: AnswerOptions,
): FastifyReply {
  const { status } = outcome;
  const rejection = rejectionOf(outcome);
  reply.header('x-postback-status', status).header('x-postback-id', outcome.postbackId);
  if (rejection === null) {
    reply.code(form === 'none' ? 204 : answerStatusOf(outcome)).header('cache-control', 'no-store');
  } else {
    prepareRejection(reply, rejection);
  }
  if (form !== 'json' && (form !== 'none' || rejection === null)) return answerInForm(reply, form, rejection);
  const json = outcomeToJson(outcome, isDryRun);
  return rejection === null
    ? reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(json))
    : sendProblemJson(reply, json);
}

/** The status code of an answer, whatever its form. */
export function answerStatusOf(outcome: Outcome): number {
  const { status } = outcome;
  const rejection = rejectionOf(outcome);
  if (rejection !== null) return rejectionCodes[rejection.code].httpStatus;
  if (status === 'rejected' || status === 'expired') throw new Error(`${status} is no answer`);
  return successStatus[status];
}

/** The forms that carry no JSON: a pixel, a word, or nothing (and of a rejection, a problem). */
export function answerInForm(
  reply: FastifyReply,
  form: AnswerForm,
  rejection: Rejection | null,
): FastifyReply {
  if (form === 'gif') return reply.header('content-type', 'image/gif').send(transparentGif);
  if (form === 'text') {
    const word = rejection === null ? 'OK' : `ERROR ${rejection.code}`;
    return reply.header('content-type', 'text/plain; charset=utf-8').send(word);
  }
  return rejection === null ? reply.send() : sendProblem(reply, rejection);
}

/** Null for what is accepted, which includes what is kept. */
function rejectionOf({ rejection, status }: Outcome): Rejection | null {
  return status === 'kept' ? null : rejection;
}

/** The JSON of an answer: the outcome, or the problem that it was rejected with. */
export function outcomeToJson(outcome: Outcome, isDryRun: boolean): Record<string, unknown> {
  const rejection = rejectionOf(outcome);
  const dryRun = isDryRun ? { dry_run: true } : undefined;
  if (outcome.status === 'ignored') return { status: 'ignored', ...dryRun };
  if (rejection !== null) {
    return problemOf(rejection, {
      postback_id: outcome.postbackId,
      ...(outcome.callLogId !== null && { call_log_id: outcome.callLogId }),
      ...(outcome.candidates !== null && { matched_by: outcome.matchedBy, candidates: outcome.candidates }),
      ...(outcome.ignored.length > 0 && { ignored: outcome.ignored }),
      ...dryRun,
    });
  }
  return {
    postback_id: outcome.postbackId,
    status: outcome.status,
    duplicate: outcome.isDuplicate,
    call_log_id: outcome.callLogId,
    matched_by: outcome.matchedBy,
    candidates: outcome.candidates,
    changes: outcome.changes,
    ...(outcome.kept.length > 0 && { kept: outcome.kept }),
    ...(outcome.undo !== undefined && undoToJson(outcome)),
    ignored: outcome.ignored,
    ...(outcome.waiting !== undefined && waitingToJson(outcome.waiting)),
    ...(outcome.rejection !== null && keptFor(outcome.rejection)),
    ...dryRun,
  };
}

function waitingToJson({ expiresAt, ambiguity }: Waiting): Record<string, unknown> {
  if (ambiguity === undefined) return { expires_at: expiresAt };
  const { code, detail, callLogIds } = ambiguity;
  return { expires_at: expiresAt, code, detail, call_log_ids: callLogIds };
}

/** What could not be read of a request that is kept. */
function keptFor({ code, detail, errors }: Rejection) {
  return { code, detail, errors };
}

/** Of an undo: what it undid, and what it left unchanged. An undo that is applied without a change has canceled. */
function undoToJson({ undo, status, changes }: Outcome) {
  const isCancellation = status === 'applied' && Object.keys(changes).length === 0;
  return {
    undo_of: undo?.of,
    changed_since: undo?.changedSince ?? [],
    ...(isCancellation && { canceled: true }),
  };
}
