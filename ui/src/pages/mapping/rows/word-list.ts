/** Words in one line, as in a CSV: a word with a comma or a quote is in quotes. */
export function writeWords(words: readonly (string | number | boolean)[]): string {
  return words
    .map((word) => {
      const text = String(word);
      return /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(', ');
}

export function readWords(line: string): string[] {
  const words = [...line.matchAll(/\s*(?:"((?:[^"]|"")*)(?:"|$)|([^,]*))\s*(?:,|$)/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.trim(),
  );
  return words.length > 1 ? words.filter((word) => word !== '') : words;
}
