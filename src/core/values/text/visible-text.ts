/** What a terminal obeys or a reader cannot see: controls, escapes, marks of writing direction, separators of lines. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

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
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
