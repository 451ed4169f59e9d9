import { useRef, useState } from 'react';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { type AttachAnswer, attachPostback, useRefresh } from '../../api/inbox.ts';
import { onlyCandidate } from './near-words.ts';

export type Pair = { id: string; callLogId: string };
export type PairResult = { pair: Pair; answer: AttachAnswer | null; error: Error | null };
export type BulkRun = { isDryRun: boolean; done: number; results: PairResult[] | null };

/** Requests at the same time: postbacks of senders go on beside them. */
const lanes = 4;

/** Postbacks with exactly one near call of the same number, each with that call. */
export function pairsOf(postbacks: PostbackJson[]): Pair[] {
  return postbacks.flatMap(({ id, nearest }) => {
    const call = onlyCandidate(nearest);
    return call === null ? [] : [{ id, callLogId: call.call_log_id }];
  });
}

/** Attaches pairs one after the other in a few lanes, and tells how many are done. */
export function useBulkAttach(pairs: Pair[]) {
  const [run, setRun] = useState<BulkRun | null>(null);
  const isStopped = useRef(false);
  const refresh = useRefresh();
  const start = async (isDryRun: boolean) => {
    isStopped.current = false;
    const rest = pairs.values();
    const results: PairResult[] = [];
    setRun({ isDryRun, done: 0, results: null });
    const work = async () => {
      for (const pair of rest) {
        if (isStopped.current) return;
        results.push(await tryAttach(pair, isDryRun));
        setRun({ isDryRun, done: results.length, results: null });
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    setRun({ isDryRun, done: results.length, results });
    if (!isDryRun) await refresh();
  };
  const stop = () => {
    isStopped.current = true;
  };
  return { run, start, stop };
}

async function tryAttach(pair: Pair, isDryRun: boolean): Promise<PairResult> {
  try {
    return { pair, answer: await attachPostback(pair, isDryRun), error: null };
  } catch (error) {
    return { pair, answer: null, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
