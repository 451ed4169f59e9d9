/** For property tests. */
import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * A unit of texts: any code point. Those of fast-check's unit `binary` are the same, but it first makes a map of all the million of them:
 * a second of CPU time and 100 MB in each process.
 */
export const codePoint = fc
  .nat({ max: 0x10_ffff - surrogates.count })
  .map((at) => String.fromCodePoint(at < surrogates.first ? at : at + surrogates.count), placeOf);

/** @throws where it is not one code point */
function placeOf(unit: unknown): number {
  if (typeof unit !== 'string' || !unit.isWellFormed() || Array.from(unit).length !== 1)
    throw new Error('not a code point');
  const code = unit.codePointAt(0) ?? 0;
  return code < surrogates.first ? code : code - surrogates.count;
}
