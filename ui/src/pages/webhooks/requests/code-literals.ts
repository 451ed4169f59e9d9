/** Texts and values as they are written in code, so that nothing in a value ends its quotes. */

/** What a body is made of. */
export type Literal = string | boolean | readonly string[] | { readonly [key: string]: Literal };

export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Within an attribute in double quotes. */
export function quoteForHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** For JavaScript and Python alike. */
export function quoteForScript(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\r', '\\r').replaceAll('\n', '\\n')}'`;
}

/** In single quotes PHP knows these two escapes alone, and takes line breaks as they are. */
export function quoteForPhp(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function phpOf(value: Literal): string {
  return write(value, {
    text: quoteForPhp,
    words: { true: 'true', false: 'false' },
    list: ['[', ']'],
    map: ['[', ']', ' => '],
  });
}

export function pythonOf(value: Literal): string {
  return write(value, {
    text: quoteForScript,
    words: { true: 'True', false: 'False' },
    list: ['[', ']'],
    map: ['{', '}', ': '],
  });
}

type Language = {
  text(value: string): string;
  words: { true: string; false: string };
  list: readonly [open: string, close: string];
  map: readonly [open: string, close: string, between: string];
};

/** A pair a line. */
function write(value: Literal, language: Language): string {
  const { text, words, list, map } = language;
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return value ? words.true : words.false;
  if (isList(value)) return `${list[0]}${value.map((one) => write(one, language)).join(', ')}${list[1]}`;
  const [open, close, between] = map;
  const pairs = Object.entries(value).map(
    ([key, one]) => `  ${text(key)}${between}${write(one, language).replaceAll('\n', '\n  ')},\n`,
  );
  return pairs.length === 0 ? `${open}${close}` : `${open}\n${pairs.join('')}${close}`;
}

function isList(value: Literal): value is readonly string[] {
  return Array.isArray(value);
}
