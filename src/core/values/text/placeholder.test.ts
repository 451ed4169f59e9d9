import { describe, expect, test } from 'vitest';
import { hasPlaceholder, isPlaceholder, unresolvedPlaceholder } from './placeholder.ts';

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
  ...[
    '{{a}}{{b}}',
    '{{first}} {{last}}',
    '\u0024{a}-\u0024{b}',
    '[call_id]|[caller_id]',
    '%a%%b%',
    '<%a%> <%b%>',
  ],
  ...['{call_id=phone}', '<call_id/>', '«caller_id»', '$call_id', '$call_id$'],
  ...[':call_id', ':call_id:', '%ebuy!', '@!Call.Id!@', '!call_id!', '^id^', '|call_id|', '%(id)s'],
  ...['%7Bcall_id%7D', '%7B%7B%20%24json.phone%20%7D%7D', '%5Bcall_id%5D', '\u200b{call_id}'],
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
  'undefined undefined',
  'null-null',
  '#REF!',
  '#N/A',
  '(null)',
  '<nil>',
];

test.each([...macros, ...unset])('%s is a placeholder for every parameter', (text) => {
  expect(isPlaceholder(text)).toBe(true);
  expect(isPlaceholder(text, 'text')).toBe(true);
});

test.each([
  ...['[voicemail]', '[No answer]', '<No answer>', '{busy}', '[left_voicemail]', '<b>'],
  ...[
    '[Sold] [Hot]',
    '«sold»',
    ':smile:',
    '[Lead: hot]',
    '{contactfield=mobile}',
    '<eloqua type="emailfield" />',
  ],
])('%s is a value of a text, and a placeholder elsewhere', (text) => {
  expect(isPlaceholder(text)).toBe(true);
  expect(isPlaceholder(text, 'text')).toBe(false);
});

test.each([
  ...['', '[]', '{}', '<>', '##', '%%', '[1] [2]', '5%', '#1', 'a < b > c', '-- A --', '50%-60%', '_x_'],
  ...[
    'Nothing',
    'none',
    'no',
    'not undefined',
    'see [call_id]',
    '{{a}} and {{b}}',
    '[Sold] and [paid]',
    '<%a%> b <%b%>',
    '@home',
    'a@b.c',
    '~5',
    'nullable',
    '* * *',
  ],
])('%s is none', (text) => {
  expect(isPlaceholder(text)).toBe(false);
});

test.each(['T-{{id}}', 'order_\u0024{id}', 'undefined-7', 'CA:NaN', 'x-[[id]]', 'a<%= id %>'])(
  'the id %s has a placeholder in it',
  (id) => expect(hasPlaceholder(id)).toBe(true),
);

test.each([
  'CA1',
  'nullable-1',
  'T-nullify',
  'SIP/null-1',
  'undefinedness',
  'a{b}c',
  '5%',
  '{"a":1}',
  'x[0]',
])('the id %s has none', (id) => expect(hasPlaceholder(id)).toBe(false));

test('texts of the maximum length are recognized at once, whatever they repeat', () => {
  for (const part of ['#a', '{{a', '[a|', '%a', '@!', '$a', ':a', '|a ', '<a"']) {
    const startMs = performance.now();
    isPlaceholder(part.repeat(300 / part.length));
    expect(performance.now() - startMs).toBeLessThan(500);
  }
});

describe('the detail', () => {
  test('names the macro, or says what an unset variable is', () => {
    expect(unresolvedPlaceholder('{{1.phone}}').detail).toContain('The macro {{1.phone}} was not replaced');
    expect(unresolvedPlaceholder('undefined').detail).toContain('a variable that has no value');
  });
});
