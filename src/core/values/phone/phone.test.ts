import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Invalid } from '../fault.ts';
import { isCallerWithheld, isCountry, readPhone } from './phone.ts';

describe('a phone number', () => {
  test.each([
    ['+15550100123', 'US', '+15550100123'],
    ['+1 (555) 010-0123', 'DE', '+15550100123'],
    ['(212) 555-0123', 'US', '+12125550123'],
    ['212.555.0123', 'US', '+12125550123'],
    ['1-212-555-0123', 'US', '+12125550123'],
    [2125550123, 'US', '+12125550123'],
    ['030 901820', 'DE', '+4930901820'],
    ['0044 20 7946 0958', 'DE', '+442079460958'],
    ['+44 20 7946 0958', 'US', '+442079460958'],
    ['011 44 20 7946 0958', 'US', '+442079460958'],
    ['0044 20 7946 0958', 'US', '+442079460958'],
    ['0012125550123', 'US', '+12125550123'],
    ['tel:+12125550123', 'US', '+12125550123'],
    [' 12125550123', 'US', '+12125550123'],
    [' 442079460958', 'US', '+442079460958'],
    ['  (212) 555-0123 ', 'US', '+12125550123'],
    ['\u202a+1 (213) 555-0142\u202c', 'US', '+12135550142'],
    ['213\u2011555\u20110142\u200b', 'US', '+12135550142'],
    ['\ufeff 12135550142', 'US', '+12135550142'],
    ['p:+12135550142', 'US', '+12135550142'],
    ['TEL:+1-213-555-0142', 'US', '+12135550142'],
    ['sip:+12135550142@203.0.113.5:5060', 'US', '+12135550142'],
    ['sips:2135550142@pbx.example;transport=tls', 'US', '+12135550142'],
    ['<sip:%2B12135550142;npdi@203.0.113.5;user=phone>', 'US', '+12135550142'],
    ['+12135550142@c.us', 'DE', '+12135550142'],
    ['whatsapp:+12135550142', 'US', '+12135550142'],
    ['"JANE ROE" <2135550142>', 'US', '+12135550142'],
    ['"Roe, Jane" <sip:2135550142@203.0.113.5>', 'US', '+12135550142'],
    ['JANE ROE <+12135550142>', 'US', '+12135550142'],
    ['"JANE ROE" <sip:+12135550142@203.0.113.5:5060;user=phone>;tag=as3f', 'US', '+12135550142'],
    ['<sip:2135550142@pbx>;tag=1;x=2', 'US', '+12135550142'],
    ['<+12135550142>', 'US', '+12135550142'],
    ['(+1) 213 555 0142', 'DE', '+12135550142'],
    ['2135550142.0', 'US', '+12135550142'],
    ['213-555-0142 x123', 'US', '+12135550142'],
    ["'+12135550142", 'US', '+12135550142'],
    ['="2135550142"', 'US', '+12135550142'],
    ['%2B12135550142', 'DE', '+12135550142'],
    ['+12135550142,', 'US', '+12135550142'],
    ['Mobile: +12135550142', 'US', '+12135550142'],
    ['sms:+12135550142', 'US', '+12135550142'],
    ['https://wa.me/12135550142', 'US', '+12135550142'],
    ['"Anonymous" <sip:+12135550142@203.0.113.5>', 'US', '+12135550142'],
    ['9484 4433', 'NO', '+4794844433'],
  ])('%s in %s reads as %s', (sent, country, read) => {
    expect(readPhone(sent, country)).toBe(read);
  });

  test('is the same in every common notation', () => {
    const area = fc.constantFrom('212', '310', '404', '617', '702');
    const line = fc.integer({ min: 0, max: 9_999 }).map((number) => String(number).padStart(4, '0'));
    const notation = fc.constantFrom(
      (a: string, l: string) => `(${a}) 555-${l}`,
      (a: string, l: string) => `${a}-555-${l}`,
      (a: string, l: string) => `${a}.555.${l}`,
      (a: string, l: string) => `${a} 555 ${l}`,
      (a: string, l: string) => `${a}555${l}`,
      (a: string, l: string) => `1${a}555${l}`,
      (a: string, l: string) => `+1${a}555${l}`,
      (a: string, l: string) => ` 1${a}555${l}`,
      (a: string, l: string) => `001${a}555${l}`.replace(/^00/, '+'),
    );
    fc.assert(
      fc.property(area, line, notation, (a, l, write) => {
        expect(readPhone(write(a, l), 'US')).toBe(`+1${a}555${l}`);
      }),
    );
  });

  test.each([
    '',
    '12',
    '2135550142/2135550143',
    '+12135550142, +12135550143',
    '2135550142;2135550143',
    '+12135550142+12135550143',
    '2135550142 or 2135550143',
    'Jane <2135550142> <2135550143>',
    '"2135550143" <2135550142>',
    '2135550143 <sip:+12135550142@203.0.113.5>',
    '2135550142 x2135550143',
    '1.21356E+10',
    '*67 2135550142',
    'name',
    'caller',
    '+',
    '+999',
    '00999',
    'call +12125550123 now',
    null,
    true,
    {},
    '1'.repeat(65),
  ])('%j is rejected with a separate code', (sent) => {
    const read = readPhone(sent, 'US');
    expect(read).toBeInstanceOf(Invalid);
    expect(read).toMatchObject({ code: 'invalid_phone_number' });
  });
});

test.each([
  ['US', true],
  ['DE', true],
  ['XX', false],
  ['us', false],
])('%s is a country: %s', (code, expected) => {
  expect(isCountry(code)).toBe(expected);
});

describe('a caller that withholds its number', () => {
  test.each([
    '+17378742833',
    '7378742833',
    '+7378742833',
    '+266696687',
    '266696687',
    '+86282452253',
    '+2562533',
    '+8656696',
    '+7748283',
    '0000000000',
    '+10000000000',
    '0',
    'Restricted',
    'ANONYMOUS',
    'anonymous',
    'Unavailable',
    'unknown',
    'Private Number',
    'private_caller',
    'Caller ID blocked',
    'No Caller ID',
    'sip:anonymous@anonymous.invalid',
    '"Anonymous" <sip:anonymous@anonymous.invalid>',
    '\u202aWithheld\u202c',
    'tel:anonymous',
    'Undisclosed',
    'N/A',
    'Unterdrückt',
    'Número privado',
    'Unbekannter Anrufer',
    'Rufnummer unterdrückt',
    'Numéro masqué',
    'Appelant inconnu',
    'Llamada oculta',
    'Não identificado',
    'Chiamata anonima',
    'Onbekend nummer',
    'Numer zastrzeżony',
    'Dolt nummer',
    'Gizli numara',
    'Скрытый номер',
    'Άγνωστος αριθμός',
    '非通知',
    '未知号码',
    '발신번호 표시제한',
    'رقم خاص',
    'P',
    'Private Name, Private Number',
    '"Anonymous" <sip:c8oqz84zk7z@privacy.example>',
    'sip:x7@anonymous.invalid',
  ])('%j has a separate code', (sent) => {
    expect(readPhone(sent, 'US')).toMatchObject({ code: 'caller_withheld' });
    expect(isCallerWithheld(sent, 'US')).toBe(true);
  });

  test.each(['+12135550142', 'Mr. Private', 'Anna Unknown', 'anonymous123', '7378742834', null, ''])(
    '%j is none',
    (sent) => {
      expect(isCallerWithheld(sent, 'US')).toBe(false);
    },
  );
});

test.each([
  '213555XXXX',
  '(213) 555-XXXX',
  '+1213555****',
  '+1 213 *** 0142',
  '213-555-••••',
  '21355501xx',
  '213555014X',
  'XXXXXX0142',
  '***-***-0142',
  '+1 (213) 555-01##',
  '213555????',
  '213555....',
  'XXXXXXXXXX',
])('%j is a masked number', (sent) => {
  expect(readPhone(sent, 'US')).toMatchObject({ code: 'masked_phone_number' });
});
