/** FNV-1a: spreads texts over 32 bits. The same text has the same value in every process. */
export function hash32(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
