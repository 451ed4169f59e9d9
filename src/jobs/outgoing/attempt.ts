import type { Attempted, Destination } from '../../core/outgoing/attempt.ts';
import type { EventJson } from '../../core/outgoing/events/event.ts';
import { renderRequest } from '../../core/outgoing/requests/request.ts';
import type { OutgoingRequest } from '../../core/outgoing/requests/request-settings.ts';
import { signatureHeaders } from '../../core/outgoing/requests/sign.ts';
import { programVersion } from '../../program-version.ts';
import type { HttpClient } from './http-client.ts';

/** The request of an event, signed for this moment. */
export function prepareRequest(
  destination: Destination,
  event: EventJson,
  nowMs: number,
): OutgoingRequest | { skipped: string } {
  const rendered = render(destination, event);
  if ('skipped' in rendered) return rendered;
  const { headers, body } = rendered;
  const signature =
    destination.format === 'event' ? signatureHeaders(destination.secrets, event.id, body ?? '', nowMs) : {};
  return { ...rendered, headers: { 'user-agent': `Ringback/${programVersion}`, ...headers, ...signature } };
}

/** Whatever is wrong with a template concerns its own deliveries: thrown from here, it would end the process. */
function render(destination: Destination, event: EventJson): ReturnType<typeof renderRequest> {
  try {
    return renderRequest(destination, event, destination.timeZone);
  } catch (error) {
    return { skipped: `The template cannot be filled: ${error instanceof Error ? error.message : error}` };
  }
}

/** One attempt to deliver an event. Never throws. */
export async function attemptDelivery(
  client: HttpClient,
  destination: Destination,
  event: EventJson,
  signal: AbortSignal,
): Promise<Attempted> {
  const startMs = Date.now();
  const request = prepareRequest(destination, event, startMs);
  if ('skipped' in request) return request;
  const start = performance.now();
  const { status, error, text, retryAfter } = await client.send(request, signal);
  const ms = Math.round(performance.now() - start);
  const attempt = { at: new Date(startMs).toISOString(), ms, status, error, response: text };
  return { request, attempt, retryAfter };
}
