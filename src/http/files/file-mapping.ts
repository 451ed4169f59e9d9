/** The mapping of a file: written out, or that of an incoming webhook. */
import type { Mapping } from '../../core/mapping/mapping.ts';
import { parseMapping } from '../../core/mapping/parse/parse-mapping.ts';
import { reasonOfJsonError } from '../../core/updates/decode/json-body.ts';
import type { WebhookTypeRow } from '../../core/updates/fields/webhook-type.ts';
import { type Rejection, rejectFaults } from '../../core/updates/rejection.ts';
import { parseJson } from '../../core/values/json/json.ts';
import type { Store } from '../../store/store.ts';

/**
 * @param text JSON of a mapping, or the name of a webhook
 * @param type what the rows of a mapping may be named
 */
export async function readFileMapping(
  store: Pick<Store, 'findMappedWebhooks'>,
  accountId: string,
  text: string,
  type: WebhookTypeRow,
): Promise<Mapping | Rejection> {
  if (text.trimStart().startsWith('{')) return parseText(text, type);
  const [webhook, ...others] = await store.findMappedWebhooks(accountId, text.trim());
  if (webhook === undefined) {
    return rejectMapping(
      `No incoming webhook with a mapping or preset is called "${text.slice(0, 100)}": send its name, or a mapping as JSON.`,
    );
  }
  if (others.length > 0)
    return rejectMapping(`Several webhooks are called "${text.slice(0, 100)}": send the mapping as JSON.`);
  const { mapping } = webhook;
  return mapping ?? rejectMapping('This webhook has no mapping.');
}

function parseText(text: string, type: WebhookTypeRow): Mapping | Rejection {
  try {
    const parsed = parseMapping(parseJson(text), type);
    return Array.isArray(parsed) ? rejectFaults(parsed) : parsed;
  } catch (error) {
    return rejectMapping(`The mapping is not valid JSON: ${reasonOfJsonError(error)}.`);
  }
}

function rejectMapping(detail: string): Rejection {
  return rejectFaults([{ field: 'mapping', code: 'invalid_value', detail }]);
}
