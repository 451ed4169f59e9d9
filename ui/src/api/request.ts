import type { Static } from 'typebox';
import type { problemJson } from '../../../src/http/operator/problem-schemas.ts';
import { basePath } from './base-path.ts';

export type Problem = Static<typeof problemJson>;

/** Rejections that are about one field and do not name it. */
const fieldOfCode: Readonly<Record<string, string>> = { email_taken: 'email', name_taken: 'name' };

/** A request that was rejected, or that no answer came to. `message` says what to do. */
export class RequestFailed extends Error {
  /** HTTP status; 0: the server could not be reached */
  readonly status: number;
  readonly code: string;
  /** the answer's body, where the server rejected */
  readonly problem: Problem | null;
  /** what is wrong, field by field */
  readonly faults: readonly { field: string | null; detail: string }[];

  constructor(status: number, problem: Problem | null, detail: string) {
    super(problem?.detail ?? detail);
    this.status = status;
    this.code = problem?.code ?? 'unreachable';
    this.problem = problem;
    const ofCode = fieldOfCode[this.code];
    this.faults = ofCode === undefined ? (problem?.errors ?? []) : [{ field: ofCode, detail: this.message }];
  }
}

/** Out of reach, or its database is: what failed for that is requested again automatically (`recovery.ts`). */
export function isServerAway(error: unknown): boolean {
  return error instanceof RequestFailed && (error.status === 0 || error.status === 503);
}

export function serverUnreachable(): RequestFailed {
  return new RequestFailed(0, null, 'Ringback does not answer. Check that the server runs, then try again.');
}

export type RequestOptions = {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** parameters without a value are left out */
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  signal?: AbortSignal;
};

/**
 * A request to /api/v1; the browser adds the session's cookie.
 * @throws RequestFailed
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', query = {}, body, signal } = options;
  const response = await send(path + writeQuery(query), {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
    ...(signal && { signal }),
  });
  return readJson(response);
}

type FileQuery = Record<string, string | number | readonly string[] | null>;

/** A request whose body is a file. @throws RequestFailed */
export async function requestFile<T>(
  path: string,
  query: FileQuery,
  body: Blob,
  contentType: string,
): Promise<T> {
  return readJson(await sendFile(path, query, body, contentType));
}

/** The same for a route that responds with a file. @throws RequestFailed */
export async function requestBlob(path: string, body: Blob, contentType: string): Promise<Blob> {
  const response = await sendFile(path, {}, body, contentType);
  return response.blob().catch(rethrowAbort);
}

/**
 * The same for a route that responds with a line of JSON for each row, while the lines arrive.
 * @throws RequestFailed, where the file is rejected as a whole or the connection breaks
 */
export async function* openLines<Line>(
  path: string,
  query: FileQuery,
  body: Blob,
  contentType: string,
  signal: AbortSignal,
): AsyncGenerator<Line> {
  const response = await sendFile(path, query, body, contentType, signal, 'application/x-ndjson');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let begun = '';
  for (;;) {
    const next = await reader.read().catch(rethrowAbort);
    const lines = (begun + (next.value ?? '')).split('\n');
    begun = next.done ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line !== '') yield parseJson(line) as Line; // as the route's schema says
    if (next.done) return;
  }
}

async function sendFile(
  path: string,
  query: FileQuery,
  body: Blob,
  contentType: string,
  signal?: AbortSignal,
  accept?: string,
): Promise<Response> {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values ?? []].flat()) if (value !== '') parameters.append(name, String(value));
  }
  return send(`${path}?${parameters}`, {
    method: 'POST',
    headers: { 'content-type': contentType, ...(accept && { accept }) },
    body,
    ...(signal && { signal }),
  });
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`${basePath}/api/v1${path}`, init).catch(rethrowAbort);
  if (response.ok) return response;
  const problem = readProblem(await response.text().catch(rethrowAbort));
  throw new RequestFailed(response.status, problem, `The server answered ${response.status}.`);
}

async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text().catch(rethrowAbort);
  return (text === '' ? undefined : parseJson(text)) as T; // as the route's schema says
}

/** What is not JSON broke off, or comes from something in the server's place. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw serverUnreachable();
  }
}

function rethrowAbort(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  throw serverUnreachable();
}

function writeQuery(query: Record<string, string | number | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** Null for what a proxy answered in the server's place. */
function readProblem(text: string): Problem | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && 'code' in value && 'detail' in value
      ? (value as Problem) // problem+json of ours has all of them
      : null;
  } catch {
    return null;
  }
}

/** A page of a list (`listOf` of the server's schemas). */
export type Page<Item> = { items: Item[]; next_cursor: string | null };
