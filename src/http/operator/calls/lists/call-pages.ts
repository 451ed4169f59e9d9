import type { Call } from '../../../../core/calls/call.ts';
import type { CallCursor, CallFilter, Store } from '../../../../store/store.ts';
import { limitMax } from '../../list-schemas.ts';

/**
 * All calls that a filter means, latest start first. Each page is a separate short query: a slow reader holds no
 * connection and no transaction open. What changes a call in the meantime does not move it: pages follow the start.
 * @throws the reason of `stopping`
 */
export async function* readPages(
  store: Pick<Store, 'listCalls' | 'resolveSearch'>,
  accountId: string,
  filter: CallFilter,
  stopping: AbortSignal,
): AsyncGenerator<Call[]> {
  const resolved = await store.resolveSearch(accountId, filter);
  let after: CallCursor | null = null;
  do {
    stopping.throwIfAborted();
    const page: { items: Call[]; cursor: CallCursor | null } = await store.listCalls(
      accountId,
      resolved,
      limitMax,
      after,
    );
    yield page.items;
    after = page.cursor;
  } while (after !== null);
}
