/** A key of any webhook, wherever a sender put it. */
const madeKey = /rbk_[\w-]{43}/g;

export function hasAuthKey(text: string): boolean {
  return text.includes('rbk_') && text.search(madeKey) !== -1;
}

/** A text without the auth keys that a sender put in it: they are never stored and never echoed. */
export function withoutKeys(text: string): string {
  return text.includes('rbk_') ? text.replace(madeKey, '[auth key]') : text;
}
