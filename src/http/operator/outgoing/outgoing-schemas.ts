import Type, { type Static } from 'typebox';
import { eventTypes } from '../../../core/outgoing/events/event-type.ts';
import { emptyChoices, methods, outgoingFormats } from '../../../core/outgoing/requests/request-settings.ts';
import { instant, nameText, nullable, oneOf, recordOf } from '../value-schemas.ts';

const namesMax = 100;
const headersMax = 30;
const textMax = 16_384;
const urlCharsMax = 4_000;
const rateMax = 60_000;

const names = Type.Array(Type.String({ maxLength: 200 }), { maxItems: namesMax });
const filterMembers = {
  campaign: names,
  publisher: names,
  buyer: names,
  tag: nullable(Type.String({ maxLength: 1_200, description: '`key`, or `key:value`' })),
};

const settings = {
  url: Type.String({
    minLength: 1,
    maxLength: urlCharsMax,
    description: 'may contain macros such as [CALL_LOG_ID] behind its host',
    examples: ['https://t.example/postback?cid=[TAG.clickid]&payout=[REVENUE_PAID_OUT]'],
  }),
  method: oneOf(methods, { description: 'POST if left out; the format "event" is sent with POST' }),
  events: Type.Array(oneOf(eventTypes), { minItems: 1, maxItems: eventTypes.length, uniqueItems: true }),
  format: oneOf(outgoingFormats, {
    description: 'event: signed JSON of the event; template: the request as you write it. event if left out',
  }),
  headers: recordOf(Type.String({ maxLength: textMax }), {
    maxProperties: headersMax,
    description: 'values may contain macros',
  }),
  body: nullable(Type.String({ maxLength: textMax, description: 'of a template; may contain macros' })),
  empty: oneOf(emptyChoices, {
    description:
      'where a macro has no value: send it as empty text, omit its parameter, or skip the delivery. send if left out',
  }),
  order: oneOf(['per_call', 'newest'], {
    description:
      'per_call: the events of a call one after the other; newest: of several that wait, only the newest. per_call if left out',
  }),
  max_per_minute: nullable(Type.Integer({ minimum: 1, maximum: rateMax, description: 'null: no limit' })),
};

export const outgoingJson = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    ...settings,
    filter: Type.Object(filterMembers, { description: 'which calls; empty lists and null: all' }),
    preset: nullable(Type.String()),
    paused: Type.Boolean(),
    paused_reason: nullable(
      oneOf(['by_hand', 'gone', 'failing'], {
        description: 'gone: the receiver answered 410; failing: nothing but failures for 5 days',
      }),
    ),
    paused_at: nullable(instant),
    failing_since: nullable(
      Type.String({ description: 'instant of the first failure after the last success' }),
    ),
    pending: Type.Optional(
      Type.Integer({ description: 'events that are not delivered yet; 10,000 or more as 10,000' }),
    ),
    created_at: instant,
    updated_at: instant,
  },
  { title: 'OutgoingWebhook' },
);
export type OutgoingJson = Static<typeof outgoingJson>;

const secret = Type.String({ description: 'shown this once: receivers verify signatures with it' });
export const outgoingWithSecretJson = Type.Interface([outgoingJson], { secret });
export const rotatedOutgoingJson = Type.Interface([outgoingJson], { secret, old_secret_expires_at: instant });

const optionalSettings = {
  url: Type.Optional(settings.url),
  method: Type.Optional(settings.method),
  events: Type.Optional(settings.events),
  format: Type.Optional(settings.format),
  headers: Type.Optional(settings.headers),
  body: Type.Optional(settings.body),
  empty: Type.Optional(settings.empty),
  order: Type.Optional(settings.order),
  max_per_minute: Type.Optional(settings.max_per_minute),
  filter: Type.Optional(
    Type.Object(
      {
        campaign: Type.Optional(names),
        publisher: Type.Optional(names),
        buyer: Type.Optional(names),
        tag: Type.Optional(filterMembers.tag),
      },
      { additionalProperties: false, description: 'which calls; what is left out: all' },
    ),
  ),
  preset: Type.Optional(
    nullable(Type.String({ description: 'settings that are left out are those of the preset' })),
  ),
  values: Type.Optional(
    recordOf(Type.String({ maxLength: 2_000 }), {
      description: 'values for the variables of the preset, such as {"domain":"track.example.com"}',
    }),
  ),
};

export const outgoingBody = Type.Object(
  { name: nameText, ...optionalSettings },
  { additionalProperties: false },
);
export type OutgoingBody = Static<typeof outgoingBody>;

export const outgoingChangeBody = Type.Object(
  {
    name: Type.Optional(nameText),
    ...optionalSettings,
    paused: Type.Optional(Type.Boolean()),
    resume: Type.Optional(
      oneOf(['all', 'newest', 'none'], {
        description:
          'with paused false: send all events that were stored, the newest of each call, or none. all if left out',
      }),
    ),
  },
  { additionalProperties: false },
);
export type OutgoingChangeBody = Static<typeof outgoingChangeBody>;

export const testOutgoingBody = Type.Optional(
  Type.Object(
    { event: Type.Optional(oneOf(eventTypes, { description: 'the first of the webhook if left out' })) },
    { additionalProperties: false },
  ),
);

const pastEvent = {
  event_id: Type.Optional(Type.String({ description: 'of a past event, as in webhook-id' })),
  delivery_id: Type.Optional(Type.String()),
  postback_id: Type.Optional(Type.String()),
  call_log_id: Type.Optional(Type.String({ description: 'its newest event' })),
};

export const renderBody = Type.Optional(
  Type.Object(
    { ...pastEvent, settings: Type.Optional(outgoingChangeBody) },
    { additionalProperties: false, description: 'a made-up event where none is named' },
  ),
);
export const renderUnsavedBody = Type.Object(
  { ...pastEvent, settings: Type.Object(optionalSettings, { additionalProperties: false }) },
  { additionalProperties: false },
);
export type RenderBody = Static<typeof renderUnsavedBody>;

const requestMembers = {
  method: oneOf(methods),
  url: Type.String(),
  headers: recordOf(Type.String()),
  body: nullable(Type.String()),
};
const skipped = Type.String({ description: 'why nothing is sent' });
const ofEvent = {
  event_id: Type.String(),
  is_made_up: Type.Boolean({ description: 'true: of no past event' }),
};
export const renderedJson = Type.Union([
  Type.Object({ ...requestMembers, ...ofEvent }),
  Type.Object({ skipped, ...ofEvent }),
]);

export const attemptJson = Type.Object(
  {
    at: instant,
    ms: Type.Integer(),
    status: nullable(Type.Integer({ description: 'of HTTP; null where there was no response' })),
    error: nullable(Type.String({ description: 'why it is not a success' })),
    response: nullable(Type.String({ description: 'the first 2 KiB' })),
  },
  { title: 'TestedAttempt' },
);

const tested = { delivered: Type.Boolean(), event_id: Type.String() };
export const testedOutgoingJson = Type.Union([
  Type.Interface([attemptJson], { ...tested, request: Type.Object(requestMembers) }),
  Type.Object({ ...tested, skipped }),
]);
