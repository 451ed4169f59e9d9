import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Presets } from '../../../core/mapping/preset.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { outgoingPresets } from '../outgoing/outgoing-presets.ts';
import { pageOfAll } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { outgoingPresetsJson, presetKinds, presetsJson, presetsQuery } from './preset-schemas.ts';

export function registerPresetRoute(app: FastifyInstance, { presets }: Api): void {
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
      const listed: Presets | typeof outgoingPresets = kind === 'outgoing' ? outgoingPresets : presets;
      const page = reader.page((value): value is string => typeof value === 'string' && listed.has(value));
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      return pageOfAll([...listed.values()], page, ({ name }) => name);
    },
  );
}
