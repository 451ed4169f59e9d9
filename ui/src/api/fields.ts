import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { FieldJson } from '../../../src/http/operator/fields/field-schemas.ts';
import { request } from './request.ts';

export type { FieldJson };

/** The server's table of fields: it changes only with the server. */
export const fieldsQuery = queryOptions({
  queryKey: ['fields'],
  queryFn: ({ signal }) => request<{ items: FieldJson[] }>('/fields', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Every field of a call, in the order of the server's table; for pages behind the sign-in. */
export function useFields(): FieldJson[] {
  return useSuspenseQuery(fieldsQuery).data.items;
}
