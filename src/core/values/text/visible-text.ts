/** What a terminal obeys or a reader cannot see: controls, escapes, marks of writing direction, separators of lines. */
const invisible =
  /(?!\n)[\p{Cc}\u2028\u2029\uFFF9-\uFFFB]|(?!\uFE0F)\p{Default_Ignorable_Code_Point}|\p{Cs}/gu;

/** Text for a terminal: invisible characters are written as escapes. Line feeds stay. */
export function visibleLines(text: string): string {
  return text.replace(invisible, escapeOf);
}

/** The same for text that is one line, or a part of one: line feeds are escaped as well. */
export function visibleText(text: string): string {
  return visibleLines(text).replaceAll('\n', '\\n');
}

function escapeOf(character: string): string {
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
