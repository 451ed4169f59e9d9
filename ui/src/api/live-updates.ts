import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { basePath } from './base-path.ts';
import { tellServerAway } from './connection.ts';
import { attentionQuery } from './overview.ts';
import { sessionQuery } from './session.ts';

/** Rejected or cut off for good, a stream is tried again after this: until then the page is as fresh as it was read. */
const retryMs = 5_000;
/** A stream that ends is opened again within this, unless the server is away. */
const awayMs = 3_500;
/** A list that was paged further than this is not read again automatically: each page is a request, and so each second. */
const pagesMax = 3;
/** What needs attention takes a dozen reads of the database: where changes do not end, it is read again this often. */
const attentionMsMin = 5_000;

/**
 * Reads again what is on the page when the server tells that it changed: all queries whose key begins with the name of
 * a changed resource (`calls`, `postbacks`), and what needs attention. While the page is hidden it does not listen, for
 * browsers allow few connections to a host; when it is shown again, everything is read again. So it is when the server
 * was away and is back.
 */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const follow = () => (document.hidden ? stop() : start());
    let stream: EventSource | undefined;
    let timer: number | undefined;
    let hasListened = false;
    let awayTimer: number | undefined;
    let attentionTimer: number | undefined;
    const readAgain = (resources: readonly string[]) => {
      for (const resource of resources) void refresh(client, [resource]);
      const readAt = client.getQueryState(attentionQuery.queryKey)?.dataUpdatedAt ?? 0;
      attentionTimer ??= window.setTimeout(
        () => {
          attentionTimer = undefined;
          void refresh(client, attentionQuery.queryKey);
        },
        readAt + attentionMsMin - Date.now(),
      );
    };
    const stop = () => {
      window.clearTimeout(timer);
      window.clearTimeout(awayTimer);
      window.clearTimeout(attentionTimer);
      awayTimer = undefined;
      attentionTimer = undefined;
      stream?.close();
      stream = undefined;
    };
    const start = () => {
      if (stream !== undefined) return;
      if (hasListened) readAgain(['calls', 'postbacks']);
      hasListened = true;
      stream = new EventSource(`${basePath}/api/v1/events`);
      // What was read before the stream began to watch may have changed since.
      stream.addEventListener('ready', () => readAgain(['calls', 'postbacks']), { once: true });
      stream.addEventListener('changed', ({ data }) => readAgain(JSON.parse(data).resources));
      stream.addEventListener('open', () => {
        window.clearTimeout(awayTimer);
        awayTimer = undefined;
        if (tellServerAway(false)) void client.invalidateQueries();
      });
      stream.addEventListener('error', () => {
        awayTimer ??= window.setTimeout(() => tellServerAway(true), awayMs);
        if (stream?.readyState !== EventSource.CLOSED) return; // the browser tries again
        stream = undefined;
        void client.invalidateQueries({ queryKey: sessionQuery.queryKey }); // it may be over
        timer = window.setTimeout(start, retryMs);
      });
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop();
    };
  }, [client]);
}

/**
 * What is being read already is read again when that ends, for the answer may be older than the change. No read is cancelled: a
 * server that is slow would never get to answer.
 */
async function refresh(client: QueryClient, queryKey: QueryKey): Promise<void> {
  const listed = { queryKey, predicate: isShort };
  const underWay = client.getQueryCache().findAll({ ...listed, fetchStatus: 'fetching' });
  void client.invalidateQueries({ queryKey, refetchType: 'none' });
  await client.invalidateQueries(listed, { cancelRefetch: false });
  if (underWay.length === 0) return;
  await client.invalidateQueries(
    { predicate: (query) => underWay.includes(query) },
    { cancelRefetch: false },
  );
}

function isShort({ state: { data } }: Query): boolean {
  const isPaged = typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages);
  return !isPaged || (data.pages as unknown[]).length <= pagesMax;
}
