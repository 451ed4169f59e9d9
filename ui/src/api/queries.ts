import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryKey,
  type UseInfiniteQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { type Page, type RequestOptions, request } from './request.ts';

/** A list in pages by cursor: each page begins where the one before ended. */
export function listQuery<Item, Answer extends Page<Item> = Page<Item>>(
  queryKey: QueryKey,
  path: string,
  query: RequestOptions['query'] = {},
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      request<Answer>(path, { query: { ...query, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined, // which the first page has none of
    getNextPageParam: ({ next_cursor: next }: Page<unknown>) => next ?? undefined,
  });
}

type ListOptions<Item> = UseInfiniteQueryOptions<
  Page<Item>,
  Error,
  InfiniteData<Page<Item>>,
  QueryKey,
  string | undefined
>;

/** What a page shows of a list: `rows` are undefined until there is a first page; `more` is for its end. */
export function useList<Item>(options: ListOptions<Item>) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(options);
  return {
    rows: data?.pages.flatMap((page) => page.items),
    error,
    reset: () => void refetch(),
    more: {
      hasMore: hasNextPage,
      isLoadingMore: isFetchingNextPage,
      onMore: () => void fetchNextPage(),
    },
  };
}

/** A request that changes something; the queries whose keys begin with one of `keys` are read again after it. */
export function useSend<Input = void, Output = void>(
  mutationFn: (input: Input) => Promise<Output>,
  ...keys: QueryKey[]
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
