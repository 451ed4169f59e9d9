/**
 * Texts of any code points, for property tests. They are those of fast-check's unit `binary`, which first makes a map of all
 * the million of them: a second of CPU time and 100 MB in each process.
 */
import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 };

const codePoint = fc
  .nat({ max: 0x10_ffff - surrogates.count })
  .map((at) => String.fromCodePoint(at < surrogates.first ? at : at + surrogates.count), placeOf);

/** @throws where it is not one code point */
function placeOf(unit: unknown): number {
  if (typeof unit !== 'string' || !unit.isWellFormed() || Array.from(unit).length !== 1)
    throw new Error('not a code point');
  const code = unit.codePointAt(0) ?? 0;
  return code < surrogates.first ? code : code - surrogates.count;
}

export function anyText(constraints: Omit<fc.StringConstraints, 'unit'> = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: codePoint });
}
