/**
 * Callers that withhold their number. A network sends a word in place of the number, or the digits that spell the word
 * on a keypad. Read as a number, all such callers would be one caller. Sources: docs/senders.md, "Phone numbers".
 */

/** In the languages in which handsets and gateways show them; compared without accents, case and separators. */
const words = new Set(
  [
    ...['anonymous', 'restricted', 'unavailable', 'private', 'unknown', 'blocked', 'withheld', 'hidden'],
    ...['no caller id', 'no number', 'out of area', 'not available', 'no id', 'presentation restricted'],
    ...['undisclosed', 'unidentified', 'not provided', 'n/a'],
    ...['anonym', 'unbekannt', 'unterdrückt', 'anónimo', 'desconocido', 'privado', 'oculto', 'restringido'],
    ...['anonyme', 'inconnu', 'privé', 'masqué', 'desconhecido', 'sconosciuto', 'anonimo', 'privato'],
  ].map(plain),
);
/** What may come before or after such a word: `Private Caller`, `Caller ID unavailable`. */
const fillers = /\b(?:caller id|caller|number|name|user|id|cli|numero|nummer|rufnummer)\b/g;

const keypadWords = ['anonymous', 'restricted', 'unavailable', 'private', 'unknown', 'blocked', 'withheld'];
const keypad = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
const keypadNumbers = new Set(keypadWords.map(spellOnKeypad));

/** @param text the caller as sent, without the notation around it (`sip:`, quotes, a host) */
export function isWithheldWord(text: string): boolean {
  if (!/\p{L}/u.test(text)) return false;
  const word = plain(text);
  return words.has(word) || words.has(word.replace(fillers, '').trim().replace(/ +/g, ' '));
}

/** @param digits all digits of a number. True for zeros alone, and for a word that is spelled on a keypad. */
export function isWithheldNumber(digits: string): boolean {
  const national = digits.startsWith('1') ? digits.slice(1) : digits;
  return /^0+$/.test(national) || keypadNumbers.has(national);
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function spellOnKeypad(word: string): string {
  return word.replace(/[a-z]/g, (letter) =>
    String(keypad.findIndex((letters) => letters.includes(letter)) + 2),
  );
}
