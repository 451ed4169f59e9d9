import { expect, test } from 'vitest';
import { hashPassword, isPasswordOf, passwordCost } from './password.ts';

const low = { N: 16, r: 1, p: 1 };

test('a password is the one that was hashed, and no other', async () => {
  const stored = await hashPassword('correct horse battery', passwordCost);
  expect(stored).toMatch(/^scrypt\$32768\$8\$3\$[\w+/=]{24}\$[\w+/=]{44}$/);
  expect(await isPasswordOf(stored, 'correct horse battery', passwordCost)).toBe(true);
  expect(await isPasswordOf(stored, 'correct horse batterY', passwordCost)).toBe(false);
  expect(await isPasswordOf(null, 'correct horse battery', passwordCost)).toBe(false);
});

test('two hashes of one password differ, and each is read by its own parameters', async () => {
  const [one, other] = [
    await hashPassword('the same password', low),
    await hashPassword('the same password', passwordCost),
  ];
  expect(one).not.toBe(await hashPassword('the same password', low));
  expect(await isPasswordOf(one, 'the same password', passwordCost)).toBe(true);
  expect(await isPasswordOf(other, 'the same password', low)).toBe(true);
  const weaker = 'scrypt$16$1$1$c2FsdA==$tIHsS3lx+1Hg9TCn+wlfBN3FPjoXmiZl0+3H7Ef+MkQ=';
  expect(await isPasswordOf(weaker, 'nothing of this', low)).toBe(false);
});

test('composed and decomposed letters are the same password', async () => {
  const stored = await hashPassword('Zürich am Morgen'.normalize('NFC'), low);
  expect(await isPasswordOf(stored, 'Zürich am Morgen'.normalize('NFD'), low)).toBe(true);
});
