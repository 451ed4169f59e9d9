import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { presetsJson } from '../../../../src/http/operator/presets/preset-schemas.ts';
import { request } from '../request.ts';

export type PresetJson = Static<typeof presetsJson>['items'][number];

const presetsQuery = queryOptions({
  queryKey: ['presets'],
  queryFn: ({ signal }) => request<Static<typeof presetsJson>>('/presets', { query: { limit: 500 }, signal }),
  staleTime: Number.POSITIVE_INFINITY, // they are files of the server
});

/** The platforms that send; empty while they are on their way. */
export function usePresets(): PresetJson[] {
  return useQuery(presetsQuery).data?.items ?? [];
}
