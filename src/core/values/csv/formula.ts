/**
 * What spreadsheets take for the beginning of a formula, in any width. Some of them trim a cell first, and remove what is
 * invisible.
 */
const beginning =
  /^(?:[\s\p{Cc}\p{Default_Ignorable_Code_Point}]*[=+@\uFF1D\uFF0B\uFF0D\uFF20\uFE62\uFE63\uFE66\uFE6B-]|[\t\r\n])/u;
/** Amounts, and phone numbers in E.164: a spreadsheet that computes one computes the same number. */
const number = /^\s*[+-]?\d+(?:\.\d+)?\s*$/;

/**
 * Text as a cell of a file that a spreadsheet may open: what it would compute gets an apostrophe in front, for anybody
 * who posts back can put a formula into a tag or a reason. Numbers stay as they are.
 */
export function withoutFormula(text: string): string {
  return beginning.test(text) && !number.test(text) ? `'${text}` : text;
}
