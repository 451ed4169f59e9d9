import type { Db } from './db.ts';

// biome-ignore lint/suspicious/noExplicitAny: functions of every shape
type Statements = Record<string, (db: Db, ...args: any[]) => unknown>;
type WithDb<F> = {
  [K in keyof F]: F[K] extends (db: Db, ...args: infer A) => infer R ? (...args: A) => R : never;
};
type WithDbAndNow<F> = {
  [K in keyof F]: F[K] extends (db: Db, ...args: [...infer A, string]) => infer R ? (...args: A) => R : never;
};

/** The same functions without their first parameter. */
export function withDb<F extends Statements>(db: Db, statements: F): WithDb<F> {
  const bound = Object.entries(statements).map(([name, run]) => [name, run.bind(null, db)]);
  return Object.fromEntries(bound) as WithDb<F>; // the names are those of F
}

/** The same functions without their first parameter and without their last one, the instant of the call. */
export function withDbAndNow<F extends Statements>(
  db: Db,
  now: () => string,
  statements: F,
): WithDbAndNow<F> {
  const bound = Object.entries(statements).map(([name, run]) => [
    name,
    (...args: unknown[]) => run(db, ...args, now()),
  ]);
  return Object.fromEntries(bound) as WithDbAndNow<F>; // the names are those of F
}
