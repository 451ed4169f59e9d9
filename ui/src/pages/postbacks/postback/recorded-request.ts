/** What the log keeps of a single request; items of batches and rows of files have no path. */
export type RecordedRequest = {
  method: string;
  path: string;
  query: object;
  headers: Record<string, string>;
  /** a JSON body, a form as its names and values, or the text of what could not be read */
  body: object | string | null;
};

/** Null for an item of a batch, a row of a file, and for what was removed since. */
export function recordedRequestOf(request: unknown): RecordedRequest | null {
  if (typeof request !== 'object' || request === null) return null;
  const { method, path, query, headers, body } = request as Record<string, unknown>; // whatever the log has of it
  if (typeof method !== 'string' || typeof path !== 'string' || !isObject(headers)) return null;
  return {
    method,
    path,
    query: isObject(query) ? query : {},
    headers: headers as Record<string, string>, // as Node's parser gave them
    body: typeof body === 'string' || isObject(body) ? body : null,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
