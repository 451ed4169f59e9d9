/** Search by parts of names: the names that contain the text are found first, then their calls along the indexes. */
import type { Db } from '../../database/connections/db.ts';
import type { CallFilter, NamesFound } from './call-filter.ts';
import { listNames, nameColumns } from './call-names.ts';

/** Names of a column whose calls are each found along the index. With more of them, calls are looked through instead. */
const namesMax = 10;

/** The filter with the names that its search means. A filter without a search, or with its names, is returned as it is. */
export async function resolveSearch(db: Db, accountId: string, filter: CallFilter): Promise<CallFilter> {
  const { search } = filter;
  if (search === undefined || search.names !== undefined) return filter;
  const found = await Promise.all(
    nameColumns.map(async (column) => ({
      column,
      ...(await listNames(db, accountId, column, search.text, namesMax, null)),
    })),
  );
  const isMore = found.some(({ cursor }) => cursor !== null);
  const names: NamesFound | 'many' = isMore
    ? 'many'
    : found.flatMap(({ column, items }) => items.map((name) => ({ column, name })));
  return { ...filter, search: { ...search, names } };
}
