import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';

export type RunProgress = { signal: AbortSignal; setDone(count: number): void };

/** `done` counts its postbacks while it runs; `stop` ends it where it is. */
export type ManyRun<Result> = UseMutationResult<Result, Error, boolean> & { done: number; stop(): void };

/**
 * Something done to many postbacks, or a dry run of it.
 * @param onSettled called after each run that is no dry run
 */
export function useManyRun<Result>(
  run: (isDryRun: boolean, progress: RunProgress) => Promise<Result>,
  onSettled: () => unknown,
): ManyRun<Result> {
  const [done, setDone] = useState(0);
  const running = useRef<AbortController>(null);
  const mutation = useMutation({
    mutationFn: (isDryRun: boolean) => {
      running.current?.abort();
      running.current = new AbortController();
      setDone(0);
      return run(isDryRun, { signal: running.current.signal, setDone });
    },
    onSettled: (_result, _error, isDryRun) => (isDryRun ? undefined : onSettled()),
  });
  return { ...mutation, done, stop: () => running.current?.abort() };
}
