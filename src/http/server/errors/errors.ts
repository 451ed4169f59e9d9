import type { FastifyBaseLogger } from 'fastify';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import type { Store } from '../../../store/store.ts';
import { bodyTooLarge, unsupportedMediaType } from '../body/body.ts';
import { UnreadableBody } from '../body/unreadable-body.ts';

export type ErrorMapper = (error: unknown, log: Pick<FastifyBaseLogger, 'error' | 'warn'>) => Rejection;

/**
 * The one mapper from thrown errors to answers. An unexpected error is logged and becomes a 500.
 * @param store tells the errors of a database that cannot be reached
 */
export function createErrorMapper(store: Pick<Store, 'isUnavailable' | 'isOutcomeUnknown'>): ErrorMapper {
  return (error, log) => {
    const clientFault = clientFaultOf(error);
    if (clientFault !== null) return clientFault;
    if (!store.isUnavailable(error)) return internalError(error, log);
    log.warn({ err: error }, 'the database is busy or cannot be reached');
    if (store.isOutcomeUnknown(error)) {
      return reject(
        'outcome_unknown',
        'The database went away while it committed: it may or may not have been done. Read it, or send it again.',
      );
    }
    return reject(
      'store_unavailable',
      'The database is busy or cannot be reached right now; nothing was done. Try again.',
    );
  };
}

/** A sender's connection that broke looks like the database's, but for the status that Fastify gives it. */
function clientFaultOf(error: unknown): Rejection | null {
  if (error instanceof UnreadableBody) return error.rejection;
  if (!isClientFault(error)) return null;
  switch (codeOf(error)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return bodyTooLarge();
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMediaType();
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return reject('malformed_body', 'The body cannot be read: check its length and that it is valid JSON.');
    case 'FST_ERR_BAD_URL':
      return reject('not_found', 'The path of this URL is not valid: check its percent-encoding.');
    case 'ECONNRESET':
      return reject('malformed_body', 'The body ended early: send all that Content-Length says.');
    default:
      return reject('malformed_body', 'The request cannot be read.');
  }
}

function internalError(error: unknown, log: Pick<FastifyBaseLogger, 'error'>): Rejection {
  log.error({ err: error }, 'a request failed unexpectedly');
  return reject(
    'internal_error',
    'This is a fault of the server and is logged there. Try again, and tell its operator.',
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isClientFault(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500;
}
