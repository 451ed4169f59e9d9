/**
 * Callers that withhold their number. A network sends a word in place of the number, or the digits that spell the word
 * on a keypad. Read as a number, all such callers would be one caller. Sources: docs/senders.md, "Phone numbers".
 */

/** What handsets and gateways show, compared without accents, case and separators. */
const words = new Set(
  [
    ...[
      'anonymous',
      'anon',
      'restricted',
      'unavailable',
      'private',
      'unknown',
      'blocked',
      'withheld',
      'hidden',
    ],
    ...[
      'no caller id',
      'nocallerid',
      'no caller',
      'no number',
      'no id',
      'out of area',
      'not available',
      'n/a',
      'na',
    ],
    ...['presentation restricted', 'presentation prohibited', 'presentation not allowed', 'undisclosed'],
    ...['not disclosed', 'not provided', 'unidentified', 'not identified', 'unlisted', 'confidential'],
    ...['suppressed', 'prohibited', 'secret', 'clir', 'address unavailable', 'p', 'o'],
    // German, Dutch
    ...[
      'anonym',
      'anonymer',
      'unbekannt',
      'unbekannter',
      'unbekannte',
      'unterdrückt',
      'unterdrueckt',
      'unterdrückte',
    ],
    ...['privat', 'private', 'privater', 'verborgen', 'verborgene', 'geheim', 'nicht verfügbar', 'keine'],
    ...[
      'anoniem',
      'onbekend',
      'onbekende',
      'privé',
      'privénummer',
      'afgeschermd',
      'verborgen',
      'niet beschikbaar',
    ],
    // French
    ...[
      'anonyme',
      'inconnu',
      'inconnue',
      'privé',
      'masqué',
      'masquée',
      'indisponible',
      'non disponible',
      'restreint',
    ],
    // Spanish, Portuguese, Italian
    ...[
      'anónimo',
      'anónima',
      'desconocido',
      'desconocida',
      'privado',
      'privada',
      'oculto',
      'oculta',
      'restringido',
    ],
    ...['no disponible', 'bloqueado', 'sin identificar', 'sin identificación', 'sin', 'no identificado'],
    ...['desconhecido', 'desconhecida', 'restrito', 'confidencial', 'não identificado', 'indisponível'],
    ...[
      'não disponível',
      'sem',
      'anônimo',
      'anônima',
      'sconosciuto',
      'sconosciuta',
      'anonimo',
      'anonima',
      'privato',
    ],
    ...['privata', 'nascosto', 'riservato', 'non disponibile'],
    // Polish, Czech, Hungarian, Romanian, Croatian, Slovenian
    ...[
      'nieznany',
      'prywatny',
      'zastrzeżony',
      'ukryty',
      'anonimowy',
      'neznámý',
      'neznámé',
      'skryté',
      'soukromé',
    ],
    ...[
      'ismeretlen',
      'rejtett',
      'privát',
      'necunoscut',
      'ascuns',
      'nepoznat',
      'nepoznati',
      'skriven',
      'skriveni',
    ],
    ...['neznan', 'neznana'],
    // Swedish, Danish, Norwegian, Finnish
    ...['okänd', 'okänt', 'hemligt', 'skyddat', 'dolt', 'privat', 'ukendt', 'hemmeligt', 'skjult', 'ukjent'],
    ...['tuntematon', 'salattu', 'salainen', 'yksityinen'],
    // Turkish, Greek, Russian, Ukrainian
    ...[
      'gizli',
      'bilinmeyen',
      'özel',
      'άγνωστος',
      'άγνωστη',
      'απόκρυψη',
      'απόρρητο',
      'απόρρητος',
      'ανώνυμος',
    ],
    ...['скрытый', 'скрыт', 'неизвестный', 'неизвестно', 'анонимный', 'аноним', 'частный', 'прихований'],
    ...['невідомий', 'анонімний'],
    // Japanese, Chinese, Korean
    ...[
      '非通知',
      '非通知設定',
      '通知不可能',
      '表示圏外',
      '公衆電話',
      '不明',
      '匿名',
      '未知',
      '未知号码',
      '未知號碼',
    ],
    ...['私人号码', '私人號碼', '隐藏号码', '隱藏號碼', '无法显示', '無法顯示', '无来电显示', '無來電顯示'],
    ...[
      '발신번호표시제한',
      '발신번호 표시제한',
      '발신자 표시제한',
      '발신자표시제한',
      '알 수 없음',
      '알수없음',
      '비공개',
    ],
    // Arabic, Hebrew, Hindi, Vietnamese, Indonesian, Thai
    ...['رقم خاص', 'رقم محجوب', 'مجهول', 'محجوب', 'غير معروف', 'חסוי', 'מספר חסוי', 'לא ידוע', 'חסום'],
    ...[
      'अज्ञात',
      'अज्ञात नंबर',
      'निजी नंबर',
      'ẩn danh',
      'không xác định',
      'số riêng',
      'tidak dikenal',
      'pribadi',
    ],
    ...['tanpa id', 'ไม่ทราบ', 'ไม่แสดงหมายเลข', 'หมายเลขส่วนตัว'],
  ].map(plain),
);
/** What may come before or after such a word: `Private Caller`, `Caller ID unavailable`, `Numéro masqué`. */
const fillers = new Set(
  [
    ...['caller', 'callers', 'call', 'number', 'name', 'user', 'id', 'cid', 'cli', 'identity'],
    ...['nummer', 'rufnummer', 'anruf', 'anrufer', 'anruferkennung', 'beller', 'telefonnummer'],
    ...[
      'numéro',
      'appel',
      'appelant',
      'identité',
      'número',
      'numero',
      'llamada',
      'llamante',
      'chamada',
      'chiamata',
    ],
    ...[
      'numer',
      'číslo',
      'szám',
      'număr',
      'broj',
      'numero',
      'numara',
      'αριθμός',
      'номер',
      'nomor',
      'penelepon',
    ],
  ].map(plain),
);

const keypadWords = ['anonymous', 'restricted', 'unavailable', 'private', 'unknown', 'blocked', 'withheld'];
const keypad = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
const keypadNumbers = new Set(keypadWords.map(spellOnKeypad));

/** @param text the caller as sent, without the notation around it (`sip:`, quotes, a host) */
export function isWithheldWord(text: string): boolean {
  if (!/\p{L}/u.test(text)) return false;
  const word = plain(text);
  if (words.has(word)) return true;
  const others = word.split(' ').filter((part) => !fillers.has(part));
  return others.length > 0 && (words.has(others.join(' ')) || others.every((part) => words.has(part)));
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
