import { expect, test } from 'vitest';
import { withoutFormula } from './formula.ts';

test.each([
  '=HYPERLINK("http://evil.example","paid")',
  '+1+cmd|" /C calc"!A0',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '＋1+1',
  '－1+1',
  '＠SUM(1)',
  '-',
  '+1 213 555 0142',
  '+12135550142;=1',
  '-1e5',
  '--1',
  ' =1',
  '\u00a0=1+1',
  '\ufeff=1+1',
  '\u200b\u202e@SUM(A1)',
  '\u0000=1',
  '\u0085-1+1',
  '\u3000＝1',
  '﹦1+1',
  '﹫SUM(1)',
])('%j gets an apostrophe', (text) => {
  expect(withoutFormula(text)).toBe(`'${text}`);
});

test.each([
  '',
  'deal',
  '12.50',
  '-12.50',
  '+12135550142',
  '0',
  'a=b',
  "'=1",
  ' -12.50',
  ' a=1',
  '{"a":"=1"}',
  '日本',
])('%j stays as it is', (text) => {
  expect(withoutFormula(text)).toBe(text);
});
