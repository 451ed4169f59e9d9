import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { AttachedJson } from '../../../src/http/operator/postbacks/attach-matching-schemas.ts';
import { type InboxFilters, useRefresh } from './inbox.ts';
import { request } from './request.ts';

export type Attached = AttachedJson['items'];

/** Small enough that progress is seen. */
const pageSize = 100;

/** Attaches all postbacks of the inbox that one call alone has the number of, or tells what that would do. */
export function useAttachMatching(filters: InboxFilters) {
  const refresh = useRefresh();
  const [done, setDone] = useState(0);
  const running = useRef<AbortController>(null);
  const mutation = useMutation({
    mutationFn: async (isDryRun: boolean) => {
      running.current?.abort();
      running.current = new AbortController();
      const { signal } = running.current;
      setDone(0);
      const items: Attached = [];
      for (let cursor: string | null = null; ; ) {
        const page: AttachedJson = await request<AttachedJson>('/postbacks/attach-matching', {
          method: 'POST',
          body: { ...filters, dry_run: isDryRun, limit: pageSize, ...(cursor !== null && { cursor }) },
          signal,
        });
        items.push(...page.items);
        setDone(items.length);
        cursor = page.next_cursor;
        if (cursor === null) return { items, isDryRun };
      }
    },
    onSettled: (_result, _error, isDryRun) => (isDryRun ? undefined : refresh()),
  });
  return { ...mutation, done, stop: () => running.current?.abort() };
}
