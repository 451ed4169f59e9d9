/** HTTP basic authentication: the password proves the sender, and nothing of the request is signed. */
import { hash } from 'node:crypto';
import { headerOf, isSame, type Scheme } from '../signed-request.ts';

export const basic: Scheme = {
  secret: 'user:password',
  isSecret: (text) => /^[^:]+:.+$/s.test(text),
  // Who knows the password may send anything, so there is nothing that the query could add to it.
  coversQuery: () => true,
  check(request, secrets) {
    const encoded = /^basic +(\S+)$/i.exec(headerOf(request, 'authorization'))?.[1];
    if (encoded === undefined) return 'Send the user and password of this webhook as basic authentication.';
    const presented = digest(Buffer.from(encoded, 'base64').toString('utf8'));
    return secrets.some((secret) => isSame(presented, digest(secret)))
      ? null
      : 'The user or the password is wrong: send those that this webhook expects.';
  },
};

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
