import type { Static } from 'typebox';
import type { rotateBody } from './webhook-schemas.ts';

const graceHoursDefault = 24;

/** When the key or secret that is replaced now ends. */
export function graceEnd(body: Static<typeof rotateBody> | undefined): string {
  return new Date(Date.now() + (body?.grace_hours ?? graceHoursDefault) * 3_600_000).toISOString();
}
