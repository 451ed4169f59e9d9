/** Requests that no HTTP client would make: bytes on a socket, and what the server says to them. */
import { connect, type Socket } from 'node:net';

export type RawAnswer = { status: number; headers: Record<string, string>; body: string };

const answerWithinMs = 10_000;

/**
 * Sends bytes and reads until the server closes; so ask for `Connection: close`, or send what ends the connection.
 * @returns null where the server closed without a word
 */
export async function sendRaw(
  serverUrl: string,
  ...parts: (string | Uint8Array)[]
): Promise<RawAnswer | null> {
  const socket = openSocket(serverUrl);
  for (const part of parts) socket.write(part);
  return readAnswer(socket);
}

export function openSocket(serverUrl: string): Socket {
  const { hostname, port } = new URL(serverUrl);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  // The server may close before it has read all; what it answered still counts.
  socket.on('error', () => {});
  return socket;
}

export async function readAnswer(socket: Socket, withinMs = answerWithinMs): Promise<RawAnswer | null> {
  const chunks: Buffer[] = [];
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, withinMs);
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.destroy());
    socket.on('close', resolve);
  });
  clearTimeout(timer);
  if (isLate) throw new Error(`no answer within ${withinMs} ms`);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : parseAnswer(text);
}

/** Head of a request with the usual lines; the empty line at its end included. */
export function headOf(requestLine: string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers });
  return `${requestLine} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: rest.join('\r\n\r\n'),
  };
}
