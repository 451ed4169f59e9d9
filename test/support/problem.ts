import { expect } from 'vitest';
import type { Answer } from './server.ts';

/** Expects a rejection in the form of docs/senders.md#answers, with a `detail` that is a sentence. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.json?.code }, answer.text).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
  expect(answer.json).toMatchObject({ status, type: expect.any(String), title: expect.any(String) });
  expect(answer.json.detail).toMatch(/^[^ ].* .*[.?)]$/s);
}

/** The rejection's faults as `field: code`, in their order. */
export function faultsOf(answer: Answer): string[] {
  const errors: { field: string | null; code: string; detail: string }[] = answer.json.errors ?? [];
  for (const { detail } of errors) expect(detail).toMatch(/^[A-Z"].* .*[.?]$/s);
  return errors.map(({ field, code }) => `${field}: ${code}`);
}
