/** What spreadsheets take for the beginning of a formula, in either width. */
const beginning = /^[=+@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20-]/;
/** Amounts, and phone numbers in E.164: a spreadsheet that computes one computes the same number. */
const number = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Text as a cell of a file that a spreadsheet may open: what it would compute gets an apostrophe in front, for anybody
 * who posts back can put a formula into a tag or a reason. Numbers stay as they are.
 */
export function withoutFormula(text: string): string {
  return beginning.test(text) && !number.test(text) ? `'${text}` : text;
}
