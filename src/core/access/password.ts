/** Passwords of people: what is stored of one, and whether one is right. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

export const passwordCharsMin = 12;
export const passwordCharsMax = 200;

/** Parameters of scrypt. */
export type PasswordCost = { N: number; r: number; p: number };

/** 32 MiB and about 0.2 s on one core: what OWASP recommends for scrypt where 128 MiB a sign-in are too much. */
export const passwordCost: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };
const keyBytes = 32;
const saltBytes = 16;

/** `scrypt$N$r$p$salt$key`, so that a later version can ask for more and still read it. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, salt, cost);
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

/**
 * @param stored null where there is no such person: it takes as long, so that the time tells nothing
 * @param cost of what is stored now; an older hash is read by its own
 */
export async function isPasswordOf(
  stored: string | null,
  password: string,
  cost: PasswordCost,
): Promise<boolean> {
  if (stored === null) {
    await derive(password, randomBytes(saltBytes), cost);
    return false;
  }
  const [scheme, N, r, p, salt, key] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined)
    throw new Error('a stored password has another form');
  const expected = Buffer.from(key, 'base64');
  const parameters = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64'), parameters);
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

/** The same password may be typed as other code points on another keyboard. */
function derive(password: string, salt: Buffer, options: ScryptOptions & PasswordCost): Promise<Buffer> {
  const maxmem = 256 * options.N * options.r;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, { ...options, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
