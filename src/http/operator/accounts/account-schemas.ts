import Type from 'typebox';
import { nameText } from '../value-schemas.ts';

export const accountJson = Type.Object(
  {
    name: Type.String(),
    time_zone: Type.String(),
    default_country: Type.String(),
    twilio_auth_token_set: Type.Boolean({
      description: 'whether `twilio_auth_token` has a value; the token itself is never returned',
    }),
  },
  { title: 'Account' },
);

export const accountChangeBody = Type.Object(
  {
    name: Type.Optional(nameText),
    time_zone: Type.Optional(
      Type.String({ format: 'time-zone', description: 'IANA name, such as Europe/Berlin' }),
    ),
    default_country: Type.Optional(
      Type.String({ format: 'country', description: 'two letters of ISO 3166, such as US' }),
    ),
    twilio_auth_token: Type.Optional(
      Type.Union([Type.String({ format: 'visible-ascii' }), Type.Null()], {
        description: 'write only; null removes it',
      }),
    ),
  },
  { additionalProperties: false },
);
