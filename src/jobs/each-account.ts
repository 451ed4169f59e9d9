/**
 * Does `work` for one account after the other, also after it failed for one: on Citus, a worker that is away takes only its
 * own accounts along.
 * @throws the first failure, after the last account
 */
export async function forEachAccount(
  accountIds: string[],
  work: (accountId: string) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const accountId of accountIds) await work(accountId).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
