import type { FastifyInstance } from 'fastify';
import { needs } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs } from '../route.ts';
import { presetsJson } from './preset-schemas.ts';

/** The presets are files of the program, so there is one page of them. */
export function registerPresetRoute(app: FastifyInstance, { presets }: Api): void {
  const items = [...presets.values()];
  app.get(
    '/presets',
    {
      schema: {
        ...apiDocs,
        tags: ['incoming webhooks'],
        summary: 'List the presets: ready mappings for platforms',
        response: { 200: presetsJson, '4xx': problem },
      },
      ...needs('read'),
    },
    async () => ({ items, next_cursor: null }),
  );
}
