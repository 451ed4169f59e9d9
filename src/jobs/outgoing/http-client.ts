/** One request to a receiver: bounded in time and size, redirects not followed, private networks out of reach. */

import type { OutgoingRequest } from '../../core/outgoing/requests/request-settings.ts';
import { reasonOf } from '../../core/values/text/reason.ts';
import { type AddressGuard, AddressNotAllowed } from './address-guard.ts';

type Response = {
  /** of HTTP; null where there was none */
  status: number | null;
  error: string | null;
  /** the beginning of the body */
  text: string | null;
  retryAfter: string | undefined;
};

export type HttpClient = {
  /** Never throws. @param signal ends it early */
  send(sent: OutgoingRequest, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
};

export type Limits = { attemptMsMax: number; bodyMsMax: number };
export const limitsDefault: Limits = {
  attemptMsMax: 15_000,
  /** for the body of a response whose status is known */
  bodyMsMax: 2_000,
};
const responseBytesKept = 2_048;
/** A longer body ends the connection. */
const responseBytesRead = 65_536;
const headerBytesMax = 16_384;
/** To one receiver. An attempt that waited for a connection would lose a part of its 15 s. */
export const connectionsMax = 128;

export function createHttpClient(guard: AddressGuard, limits: Limits = limitsDefault): HttpClient {
  let opened: ReturnType<typeof open> | undefined;
  return {
    close: async () => (await opened)?.agent.destroy(),
    async send({ method, url, headers, body }, signal) {
      const timeout = AbortSignal.timeout(limits.attemptMsMax);
      try {
        guard.checkLiteral(new URL(url).hostname);
        opened ??= open(guard, limits);
        const { request, agent } = await opened;
        const response = await request(url, {
          ...{ method, headers, body, dispatcher: agent },
          signal: AbortSignal.any([timeout, signal]),
          headersTimeout: limits.attemptMsMax,
          bodyTimeout: limits.attemptMsMax,
        });
        const { statusCode: status } = response;
        const text = await readBeginning(response.body, limits.bodyMsMax);
        return { status, error: errorOf(status), text, retryAfter: firstOf(response.headers['retry-after']) };
      } catch (error) {
        const reason = timeout.aborted
          ? `No response within ${limits.attemptMsMax / 1_000} s.`
          : whyUnanswered(error);
        return { status: null, error: reason, text: null, retryAfter: undefined };
      }
    },
  };
}

/** Loaded by the first delivery: the library would take 5 % of every start. */
async function open(guard: AddressGuard, limits: Limits) {
  const { Agent, request } = await import('undici');
  const agent = new Agent({
    connections: connectionsMax,
    pipelining: 1,
    maxHeaderSize: headerBytesMax,
    connect: { timeout: limits.attemptMsMax, lookup: guard.lookup },
  });
  return { agent, request };
}

function errorOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400
    ? `Redirects are not followed: ${status}.`
    : `The receiver answered ${status}.`;
}

function whyUnanswered(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error instanceof AddressNotAllowed ? error : (error.cause ?? error);
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const message = reasonOf(cause);
  return `${message}${message.includes(code.slice(2, -1)) ? '' : code}`.slice(0, 500);
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

type Body = AsyncIterable<Buffer> & { destroy(): unknown };

/** The status has arrived: whatever happens to the body does not change it. */
async function readBeginning(body: Body, msMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), msMax);
  try {
    for await (const chunk of body) {
      if (bytes < responseBytesKept) chunks.push(chunk.subarray(0, responseBytesKept - bytes));
      bytes += chunk.length;
      if (bytes > responseBytesRead) break; // ends the connection
    }
  } catch {
    // cut off, or too slow
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString().toWellFormed();
}
