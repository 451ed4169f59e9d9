import type { TestServer } from '../support/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into lines of every shape and fail where it is another
type Line = any;

export type FileAnswer = {
  status: number;
  /** of a file that was rejected as a whole */
  problem: Line;
  /** the lines of rows */
  rows: Line[];
  /** of the last line */
  summary: Line;
  error: Line;
};

export const ndjson = 'application/x-ndjson';

/** The outcome of a row. */
export const told = ({ status, code }: { status: string; code?: string }) => code ?? status;

/** Sends a file to a route that answers with lines. */
export async function sendFile(
  server: TestServer,
  file: string | Uint8Array,
  query: Record<string, string | string[]> = {},
  contentType = 'text/csv',
  route = '/imports',
): Promise<FileAnswer> {
  const parameters = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  const answer = await server.request(`/api/v1${route}?${new URLSearchParams(parameters)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': contentType },
    body: Buffer.from(file),
  });
  const { status } = answer;
  if (status !== 200) return { status, problem: answer.json, rows: [], summary: undefined, error: undefined };
  const rows: Line[] = answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { status, problem: undefined, rows, ...rows.pop() };
}
