/** The body of an event that an outgoing webhook sends (docs/outgoing.md). */
import { eventTypes } from '../../../core/outgoing/events/event-type.ts';
import { webhookHeaders } from './headers.ts';

const text = { type: 'string' } as const;

const eventSchema = {
  type: 'object',
  required: ['id', 'type', 'at'],
  properties: {
    id: { ...text, description: 'the same in every attempt and replay' },
    type: { ...text, enum: [...eventTypes] },
    at: { ...text, format: 'date-time' },
    sequence: { type: 'integer', description: 'counts the events of one call' },
    call: { $ref: '#/components/schemas/Call' },
    changes: { type: 'object', description: 'before and after by field', additionalProperties: true },
    caused_by: {
      type: 'object',
      description: 'the postback, the user or the undo',
      additionalProperties: true,
    },
  },
} as const;

const eventExample = {
  id: '0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b',
  type: 'call.converted',
  at: '2026-11-23T10:00:00.000Z',
  sequence: 2,
  changes: { converted: { from: false, to: true } },
  caused_by: { postback_id: '0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b' },
};

/** The webhooks of the description. */
export const describedWebhooks = {
  event: {
    post: {
      operationId: 'receiveEvent',
      tags: ['outgoing webhooks'],
      summary: 'An event, as an outgoing webhook of the format `event` sends it',
      description:
        'Verify the signature with the webhook’s secret by Standard Webhooks, and respond with 2xx within 15 s. Deliveries repeat until then: `webhook-id` is the same each time.',
      security: [],
      parameters: webhookHeaders,
      requestBody: { content: { 'application/json': { schema: eventSchema, example: eventExample } } },
      responses: {
        '2XX': { description: 'Received' },
        '4XX': { description: 'Not received: it is sent again. 410 pauses the webhook' },
      },
    },
  },
};
