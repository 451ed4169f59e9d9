import type { AttachedJson } from '../../../../src/http/operator/postbacks/attach-matching-schemas.ts';
import type { ReplayedJson } from '../../../../src/http/operator/postbacks/replay-rejected-schemas.ts';
import { request } from '../request.ts';
import { useRefresh } from './inbox.ts';
import { useManyRun } from './many-run.ts';

/** What is done to many postbacks at once: each to the only call of its number, or the rejected ones again. */
export type ManyAction = 'attach-matching' | 'replay-rejected';
export type ManyItem = (AttachedJson | ReplayedJson)['items'][number];

/** Small enough that progress is seen. */
const pageSize = 100;

/** Does it to all postbacks of the filters, or tells what that would do. */
export function useManyPostbacks(action: ManyAction, filters: Record<string, string>) {
  return useManyRun(async (isDryRun, { signal, setDone }) => {
    const items: ManyItem[] = [];
    let skipped = 0;
    for (let cursor: string | null = null; ; ) {
      const page: AttachedJson | ReplayedJson = await request<AttachedJson | ReplayedJson>(
        `/postbacks/${action}`,
        {
          method: 'POST',
          body: { ...filters, dry_run: isDryRun, limit: pageSize, ...(cursor !== null && { cursor }) },
          signal,
        },
      );
      items.push(...page.items);
      if ('skipped' in page) skipped += page.skipped;
      setDone(items.length);
      cursor = page.next_cursor;
      if (cursor === null) return { items, skipped, isDryRun };
    }
  }, useRefresh());
}
