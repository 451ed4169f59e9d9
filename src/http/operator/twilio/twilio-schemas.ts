import Type from 'typebox';
import { oneOf, optional } from '../value-schemas.ts';

export const twilioQuery = Type.Object(
  optional({
    account: Type.String({ description: 'id of the account; the first one if left out' }),
    campaign: Type.String(),
    publisher: Type.String(),
    buyer: Type.String(),
  }),
);

export const twilioForm = Type.Object({
  CallSid: Type.String({ description: 'the call_log_id' }),
  CallStatus: oneOf([
    'answered',
    'queued',
    'initiated',
    'ringing',
    'in-progress',
    'completed',
    'busy',
    'failed',
    'no-answer',
    'canceled',
  ]),
  ...optional({
    From: Type.String({ description: 'the phone_number' }),
    To: Type.String({ description: 'the tracking_number' }),
    CallDuration: Type.String({ description: 'the duration_seconds' }),
    Timestamp: Type.String({ description: 'when it happened, RFC 2822' }),
  }),
});
