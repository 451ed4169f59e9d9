/**
 * Macros that a sender's system left unreplaced. Sent as a value they would match the wrong call or
 * store nonsense as money's reason, so they are rejected by name (docs/senders.md#fields).
 */
import { Invalid } from './fault.ts';

const inner = String.raw`\s*[A-Za-z_][\w.:|\- ]{0,98}`;
/** `%%call_id%%` in a URL: `%ca` reads as a byte that is no text. */
const halfDecoded = String.raw`%?\uFFFD[\w.:|\- ]{0,98}%%?`;
const macro = new RegExp(
  `^(?:${[
    String.raw`\[${inner}\]`,
    String.raw`\$?\{${inner}\}`,
    String.raw`\$?\{\{${inner}\}\}`,
    `%${inner}%`,
    `%%${inner}%%`,
    halfDecoded,
    `#${inner}#`,
    `<${inner}>`,
    `--[A-Z]--.{1,100}--[A-Z]--`,
  ].join('|')})$`,
);

/** True when the text is nothing but an unreplaced macro: `[call_id]`, `{{call.id}}`, `%%id%%`, … */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  return '[{$%#<-\uFFFD'.includes(trimmed.charAt(0)) && macro.test(trimmed);
}

export function unresolvedPlaceholder(text: string): Invalid {
  return new Invalid(
    `The macro ${text.slice(0, 100)} was not replaced by its value: check its spelling at the sender.`,
    'unresolved_placeholder',
  );
}
