import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isServerAway, RequestFailed } from '../api/request.ts';
import { sessionQuery } from '../api/session.ts';

/** @param onSignedOut called when an answer says that the session is over, once */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    const wasSignedIn = client.getQueryData(sessionQuery.queryKey) !== undefined;
    if (wasSignedIn && error instanceof RequestFailed && error.status === 401) onSignedOut();
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the server rejected it rejects again; only a server that is away is worth a second try.
        retry: (failures, error) => failures < 1 && isServerAway(error),
        networkMode: 'always', // 127.0.0.1 is there without a network
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}
