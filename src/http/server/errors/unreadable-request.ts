/** Requests that Node cannot parse as HTTP. */
import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import {
  type Rejection,
  type RejectionCode,
  reject,
  rejectionCodes,
} from '../../../core/updates/rejection.ts';
import { problemOf } from './problem.ts';

/** What Node tells of it. */
type ParseError = Error & { code?: string; rawPacket?: unknown; bytesParsed?: number };

/** The head of a request whose URL cannot be parsed, or is too long. */
export type UnreadableHead = {
  isTooLong: boolean;
  method: string;
  /** with the characters that should have been percent-encoded */
  url: string;
  headers: Record<string, string>;
  sourceIp: string;
};

/** What is responded to it; `headers` are those that its endpoint always sends. */
export type UnreadableAnswer = {
  rejection: Rejection;
  problem: Record<string, unknown>;
  headers: Record<string, string>;
};

const codes: Record<string, RejectionCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** @param answerAt the response of the endpoint of a URL; null where the URL is of none that keeps a log */
export async function answerUnreadable(
  error: ParseError,
  socket: Socket,
  answerAt: (head: UnreadableHead) => Promise<UnreadableAnswer | null>,
): Promise<void> {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const head = readHead(error, socket.remoteAddress ?? 'unknown');
  const { rejection, problem, headers } = (head === null ? null : await answerAt(head)) ?? unknown(error);
  const body = JSON.stringify(problem);
  const lines = Object.entries({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const { httpStatus } = rejectionCodes[rejection.code];
  socket.end(`HTTP/1.1 ${httpStatus} ${rejection.code}\r\n${lines.join('')}\r\n${body}`);
}

function unknown({ code }: ParseError): UnreadableAnswer {
  const detail = 'The request is not valid HTTP, or too large or too slow.';
  const rejection = reject(codes[code ?? ''] ?? 'malformed_body', detail);
  return { rejection, problem: problemOf(rejection), headers: {} };
}

/** Null unless it is the first line that cannot be parsed, and all of it is there. */
function readHead(
  { code = '', rawPacket, bytesParsed = 0 }: ParseError,
  sourceIp: string,
): UnreadableHead | null {
  if (!Buffer.isBuffer(rawPacket)) return null;
  const start = rawPacket.lastIndexOf('\r\n', bytesParsed) + 1;
  const bytes = rawPacket.subarray(start === 0 ? 0 : start + 1);
  const [first = '', ...rest] = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').split('\r\n');
  const [, method, url] = /^([A-Z]{1,20}) (\/.*) HTTP\/1\.[01]$/.exec(first) ?? [];
  if (method === undefined || url === undefined) return null;
  const lines = rest.slice(0, rest.indexOf('') === -1 ? rest.length : rest.indexOf(''));
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const isTooLong = codes[code] === 'headers_too_large';
  return { isTooLong, method, url, headers: Object.fromEntries(headers), sourceIp };
}
