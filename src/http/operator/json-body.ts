import type { FastifyInstance, FastifyRequest } from 'fastify';
import { rejectJson } from '../../core/updates/decode/json-body.ts';
import { parseJson } from '../../core/values/json/json.ts';
import { unsupportedMediaType } from '../server/body/body.ts';
import type { BodyBytes } from '../server/body/body-bytes.ts';
import { decodeText } from '../server/body/body-text.ts';
import { UnreadableBody } from '../server/body/unreadable-body.ts';

/** Bodies of all routes of this scope are JSON, and say so. */
export function readJsonBodies(app: FastifyInstance, bodyBytes: BodyBytes): void {
  app.removeAllContentTypeParsers();
  bodyBytes.releaseAfterResponse(app);
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    const { headers } = request;
    return readJson(
      decodeText(await bodyBytes.read(request), headers['content-encoding']),
      headers['content-type'],
    );
  });
}

/**
 * The value of a JSON body; undefined where there is none.
 * @throws UnreadableBody
 */
function readJson(text: string, contentType: string | undefined): unknown {
  if (text.trim() === '') return undefined;
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json' && mediaType !== 'text/json') {
    throw new UnreadableBody(unsupportedMediaType('application/json'));
  }
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UnreadableBody(rejectJson(error));
  }
}
