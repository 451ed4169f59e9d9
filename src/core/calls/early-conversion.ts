import type { Fault } from '../values/fault.ts';

const dayMs = 86_400_000;

/** A conversion before its call is a missing date (1970) or a wrong one. @param msMax how long before is possible */
export function earlyConversion(convertedAt: string, startedAt: string, msMax = dayMs): Fault | null {
  if (Date.parse(startedAt) - Date.parse(convertedAt) <= msMax) return null;
  const detail = `The conversion, ${convertedAt}, is long before the call, which started at ${startedAt}: send the time at which it converted, or leave it out.`;
  return { field: 'call_converted_at', code: 'invalid_value', detail };
}
