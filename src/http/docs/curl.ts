import type { Operation } from './document.ts';

/** A command that works as it is but for its key or token. */
export function curlOf(publicUrl: string, method: string, path: string, operation: Operation): string {
  const { parameters = [], requestBody } = operation;
  const isOfSender = operation.security?.some((one) => 'authKey' in one) === true;
  const values = new Map(parameters.map(({ name, example }) => [name, String(example ?? '')]));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(values.get(name) ?? name),
  );
  const [contentType, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const query = parameters
    .filter(
      ({ in: where, name, required }) =>
        where === 'query' && (required || (method === 'get' && shown.has(name))),
    )
    .map(({ name }) => `${name}=${encodeURIComponent(values.get(name) ?? '')}`);
  if (isOfSender && method === 'get') query.unshift('auth_key=AUTH_KEY');
  const url = `${publicUrl}${filled}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  const lines = [`curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${quote(url)}`];
  if (isOfSender && method !== 'get') lines.push(`-H 'X-Auth-Key: AUTH_KEY'`);
  if (operation.security?.some((one) => 'bearer' in one) === true && !isOfSender)
    lines.push(`-H 'Authorization: Bearer TOKEN'`);
  if (contentType !== undefined) {
    lines.push(`-H 'Content-Type: ${contentType}'`);
    lines.push(`-d ${quote(textOf(contentType, content?.example))}`);
  }
  return lines.join(' \\\n  ');
}

/** Parameters that make an example of a GET postback; lists need none. */
const shown = new Set(['call_log_id', 'converted', 'revenue_paid_out', 'revenue', 'transaction_id']);

function textOf(contentType: string, example: unknown): string {
  if (typeof example === 'string') return example;
  if (!contentType.includes('urlencoded')) return JSON.stringify(example ?? {});
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(example ?? {}))
    form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  return form.toString();
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
