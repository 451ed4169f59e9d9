import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { AttachedJson } from '../../../../src/http/operator/postbacks/attach-matching-schemas.ts';
import type { ReplayedJson } from '../../../../src/http/operator/postbacks/replay-rejected-schemas.ts';
import { request } from '../request.ts';
import { useRefresh } from './inbox.ts';

/** What is done to many postbacks at once: each to the only call of its number, or the rejected ones again. */
export type ManyAction = 'attach-matching' | 'replay-rejected';
export type ManyItem = (AttachedJson | ReplayedJson)['items'][number];

/** Small enough that progress is seen. */
const pageSize = 100;

/** Does it to all postbacks of the filters, or tells what that would do. `done` follows it. */
export function useManyPostbacks(action: ManyAction, filters: Record<string, string>) {
  const refresh = useRefresh();
  const [done, setDone] = useState(0);
  const running = useRef<AbortController>(null);
  const mutation = useMutation({
    mutationFn: async (isDryRun: boolean) => {
      running.current?.abort();
      running.current = new AbortController();
      const { signal } = running.current;
      setDone(0);
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
    },
    onSettled: (_result, _error, isDryRun) => (isDryRun ? undefined : refresh()),
  });
  return { ...mutation, done, stop: () => running.current?.abort() };
}
