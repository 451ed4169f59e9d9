import type { Explained } from '../../../api/webhooks/mapping.ts';

/** A value of a request, by the name that a row gives its source. */
export type SampleValue = { source: string; text: string | null };

/** All values of a request that was read without a mapping: those that our own names read, and all others. */
export function valuesOf(explained: Explained | undefined): SampleValue[] {
  if (explained === undefined) return [];
  const texts = new Map<string, string | null>();
  for (const { source, text } of Object.values(explained.fields)) {
    if (source !== null && source !== 'add') texts.set(source, text);
  }
  for (const { source, text } of explained.unused) {
    const name = plainNameOf(source);
    if (!texts.has(name)) texts.set(name, text);
  }
  return Array.from(texts, ([source, text]) => ({ source, text }));
}

/** A member of the top level is named without the slash: the same row then reads it from a form, too. */
function plainNameOf(source: string): string {
  return /^\/[\w -]+$/.test(source) ? source.slice(1) : source;
}

export function isHeader({ source }: SampleValue): boolean {
  return source.startsWith('header.');
}
