import { expect, test } from 'vitest';
import { hashPassword, isPasswordOf } from './password.ts';

test('a password is the one that was hashed, and no other', async () => {
  const stored = await hashPassword('correct horse battery');
  expect(stored).toMatch(/^scrypt\$32768\$8\$3\$[\w+/=]{24}\$[\w+/=]{44}$/);
  expect(await isPasswordOf(stored, 'correct horse battery')).toBe(true);
  expect(await isPasswordOf(stored, 'correct horse batterY')).toBe(false);
  expect(await isPasswordOf(null, 'correct horse battery')).toBe(false);
});

test('two hashes of one password differ, and each is read by its own parameters', async () => {
  const [one, other] = [await hashPassword('the same password'), await hashPassword('the same password')];
  expect(one).not.toBe(other);
  const weaker = 'scrypt$16$1$1$c2FsdA==$tIHsS3lx+1Hg9TCn+wlfBN3FPjoXmiZl0+3H7Ef+MkQ=';
  expect(await isPasswordOf(weaker, 'nothing of this')).toBe(false);
});

test('composed and decomposed letters are the same password', async () => {
  const stored = await hashPassword('Zürich am Morgen'.normalize('NFC'));
  expect(await isPasswordOf(stored, 'Zürich am Morgen'.normalize('NFD'))).toBe(true);
});
