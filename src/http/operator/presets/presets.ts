import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { outgoingPresets } from '../outgoing/outgoing-presets.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { outgoingPresetsJson, presetKinds, presetsJson, presetsQuery } from './preset-schemas.ts';

/** The presets are files of the program, so there is one page of them. */
export function registerPresetRoute(app: FastifyInstance, { presets }: Api): void {
  const items = [...presets.values()];
  app.get<List>(
    '/presets',
    {
      schema: {
        ...apiDocs,
        tags: ['incoming webhooks'],
        summary:
          'List the presets: ready mappings for platforms that send, ready requests for those that receive',
        querystring: presetsQuery,
        response: { 200: Type.Union([presetsJson, outgoingPresetsJson]), '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(presetsQuery));
      const kind = reader.choice('kind', presetKinds);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      return { items: kind === 'outgoing' ? [...outgoingPresets.values()] : items, next_cursor: null };
    },
  );
}
