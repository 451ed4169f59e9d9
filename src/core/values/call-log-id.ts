import { Invalid } from './fault.ts';
import { textOf } from './json/json.ts';
import { checkId } from './text/text.ts';

/** Reads an id of a call: text as sent, or an integer with every digit (docs/senders.md#which-call). */
export function readCallLogId(value: unknown): string | Invalid {
  const text = textOf(value);
  const isInteger = typeof value === 'string' || /^-?\d+$/.test(text ?? '');
  if (text === undefined || text === '' || !isInteger || /\p{Cc}/u.test(text)) {
    return new Invalid('Send the id of a call: text without control characters, or an integer.');
  }
  return checkId(text, 128);
}
