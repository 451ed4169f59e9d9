import type { CallJson } from '../../../../src/http/operator/calls/call-schemas.ts';

/** The value of a field by its name in the server's table; null where there is none. */
export function readFieldValue(call: CallJson, name: string): unknown {
  return (call as Record<string, unknown>)[name] ?? null; // the table names members of a call
}
