import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isServerAway, RequestFailed } from '../api/request.ts';
import { sessionQuery } from '../api/session.ts';

/** @param onSignedOut called when an answer says that the session is over */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        const isOver = error instanceof RequestFailed && error.status === 401;
        if (isOver && queryKey[0] !== sessionQuery.queryKey[0]) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the server refused it refuses again; only a server that is away is worth a second try.
        retry: (failures, error) => failures < 1 && isServerAway(error),
        networkMode: 'always', // 127.0.0.1 is there without a network
      },
      mutations: { networkMode: 'always' },
    },
  });
}
