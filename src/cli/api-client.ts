/** What a command says to a server that runs: files in, lines out, both at once. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { adminTokenFile } from '../admin-token.ts';
import { readClientConfig } from '../config.ts';
import { isJsonObject } from '../core/values/json/json.ts';
import { reasonOf } from '../core/values/text/reason.ts';
import { UsageError } from './send/send-request.ts';

// Not imported, which would load what `fetch` and WebSockets need: 20 ms of every command.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Longer than the server tries to reach its database. */
const silenceMsMax = 150_000;

export type Connection = { url: string; token: string };
export type ConnectionOptions = { url?: string; token?: string };

export type Json = Record<string, unknown>;

/** A file, or its replacement. */
export type Upload = { contentType: string; bytes: Readable /** null: not known */; length: number | null };

/** Lines as they arrive, or why the request was rejected. */
export type LinesAnswer = { lines: AsyncIterable<Json> } | { problem: Json };

/** The server and token of the options, of the settings, or of the server that ran here last. @throws UsageError */
export async function findServer({ url, token }: ConnectionOptions): Promise<Connection> {
  const config = readClientConfig();
  const base = url ?? config.url;
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    throw new UsageError('Write --url as a whole one, such as http://localhost:8080.');
  }
  const file = adminTokenFile(config.dataDir);
  const kept = token ?? config.adminToken ?? (await readFile(file, 'utf8').catch(() => ''));
  if (/^\S+$/.test(kept.trim())) return { url: base.replace(/\/+$/, ''), token: kept.trim() };
  throw new UsageError(`Send an API token: --token, or the setting ADMIN_TOKEN, or the file ${file}.`);
}

export async function getJson(connection: Connection, path: string): Promise<{ status: number; body: Json }> {
  const response = await exchange(connection, 'GET', path, {}, null);
  return { status: response.statusCode ?? 0, body: await readJson(response) };
}

export async function postJson(
  connection: Connection,
  path: string,
  body: Json,
): Promise<{ status: number; body: Json }> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const response = await exchange(connection, 'POST', path, headers, Readable.from([text]));
  return { status: response.statusCode ?? 0, body: await readJson(response) };
}

/** Rejects with what a person reads where the server does not answer. */
export function unanswered({ url }: Connection): (error: unknown) => never {
  return (error) => {
    throw new UsageError(`The server at ${url} does not answer: ${reasonOf(error)}.`);
  };
}

/** What the server rejected, as a person reads it. */
export function describeProblem({ title, detail, code, status, line }: Json): string {
  if (code === undefined) return `The server answered ${status}: is the URL that of a Ringback?`;
  return `${line === undefined ? '' : `Line ${line}: `}${detail ?? title} (${code})`;
}

/** @param signal takes the request back */
export async function postFile(
  connection: Connection,
  path: string,
  { contentType, bytes, length }: Upload,
  signal?: AbortSignal,
): Promise<LinesAnswer> {
  const headers = { 'content-type': contentType, ...(length !== null && { 'content-length': length }) };
  const response = await exchange(connection, 'POST', path, headers, bytes, signal);
  if (response.statusCode === 200) return { lines: readLines(response) };
  const problem = await readJson(response);
  response.destroy();
  return { problem: 'code' in problem ? problem : { ...problem, status: response.statusCode } };
}

async function exchange(
  { url, token }: Connection,
  method: string,
  path: string,
  headers: Record<string, string | number>,
  body: Readable | null,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const target = `${url}/api/v1${path}`;
  const options = {
    method,
    headers: { ...headers, authorization: `Bearer ${token}`, 'user-agent': 'ringback-cli' },
    timeout: silenceMsMax,
    ...(signal !== undefined && { signal }),
  };
  const request = (target.startsWith('https:') ? https : http).request(target, options);
  request.once('timeout', () => request.destroy(new Error('the server has been silent for too long')));
  const answered = once(request, 'response');
  // A rejection may come before the whole body is sent: what breaks in the sending then is of no interest.
  request.on('error', () => {});
  pipeline(body ?? Readable.from([]), request).catch(() => {});
  const [response]: IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('a response is missing');
  response.on('error', () => {}); // who reads it sees that it ends early
  return response;
}

/** Ends early, without an error, where the connection breaks: the last line tells whether all came. */
async function* readLines(response: IncomingMessage): AsyncGenerator<Json> {
  const lines = createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      const value = parse(line);
      if (isJsonObject(value)) yield value;
    }
  } catch {
    // the connection broke
  }
}

async function readJson(response: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch {
    return {};
  }
  const value = parse(Buffer.concat(chunks).toString());
  return isJsonObject(value) ? value : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a line that was cut off
  }
}
