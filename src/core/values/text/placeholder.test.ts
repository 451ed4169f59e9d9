import { describe, expect, test } from 'vitest';
import { isPlaceholder, unresolvedPlaceholder } from './placeholder.ts';

const macros = [
  ...[
    '[call_id]',
    '[Call ID]',
    '[tag:InboundNumber:Number]',
    '{call_id}',
    '{transaction_id}',
    '<id>',
    '{Call.Id}',
  ],
  ...[
    '{{call.id}}',
    '{{ call.id }}',
    '{{1.phone}}',
    '{{ $json.phone }}',
    '{{{phone}}}',
    "{{ x | default: 'y' }}",
  ],
  ...['{!Lead.Phone}', '{!$User.Id}', '{$phone}', '{%phone%}', '{=phone}', '{{ steps.trigger["x"] }}'],
  ...[
    '\u0024{id}',
    '#{id}',
    '@{triggerBody()["id"]}',
    '%{id}',
    '$(id)',
    '[[id]]',
    '[%id%]',
    '[@id]',
    '[=id]',
  ],
  ...['\u0024{{ github.id }}', '#[payload.id]', '%%[id]%%', '%%=v(@id)=%%'],
  ...['<%= id %>', '<%id%>', '<?= $id ?>', '<<id>>', '%%id%%', '%id%', '#tid#', '##tid##', '@Call.ANI@'],
  ...['~Contact.Id~', '__CLICKID__', '__CLICK_ID__', '*|PHONE|*', '--A--id--B--', ' {{1.phone}} '],
];
const unset = [
  'undefined',
  'null',
  'NaN',
  'None',
  '[object Object]',
  ' undefined ',
  'NULL',
  '(null)',
  '<nil>',
];

test.each([...macros, ...unset])('%s is a placeholder for every parameter', (text) => {
  expect(isPlaceholder(text)).toBe(true);
  expect(isPlaceholder(text, 'text')).toBe(true);
});

test.each(['[voicemail]', '[No answer]', '<No answer>', '{busy}', '[left_voicemail]', '<b>'])(
  '%s is a value of a text, and a placeholder elsewhere',
  (text) => {
    expect(isPlaceholder(text)).toBe(true);
    expect(isPlaceholder(text, 'text')).toBe(false);
  },
);

test.each([
  ...['', '[]', '{}', '<>', '##', '%%', '[1] [2]', '5%', '#1', 'a < b > c', '-- A --', '50%-60%', '_x_'],
  ...[
    'Nothing',
    'none',
    'no',
    'not undefined',
    'see [call_id]',
    '{{a}} and {{b}}',
    '\u0024{a}-\u0024{b}',
    '<%a%> <%b%>',
    '@home',
    'a@b.c',
    '~5',
    'nullable',
    '* * *',
  ],
])('%s is none', (text) => {
  expect(isPlaceholder(text)).toBe(false);
});

describe('the detail', () => {
  test('names the macro, or says what an unset variable is', () => {
    expect(unresolvedPlaceholder('{{1.phone}}').detail).toContain('The macro {{1.phone}} was not replaced');
    expect(unresolvedPlaceholder('undefined').detail).toContain('a variable that has no value');
  });
});
