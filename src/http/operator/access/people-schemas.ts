import Type, { type Static } from 'typebox';
import { roles } from '../../../core/access/role.ts';
import { instant, nameText, nullable, oneOf } from '../value-schemas.ts';

const role = oneOf(roles, { description: 'as for tokens' });
const email = Type.String({ format: 'email', examples: ['ana@acme.example'] });

export const personJson = Type.Object({
  id: Type.String(),
  email: Type.String({ description: 'in lower case' }),
  name: Type.String({ description: 'in timelines and in the audit log' }),
  role,
  has_password: Type.Boolean({
    description: 'false: invited and has set none yet, or signs in by OpenID Connect only',
  }),
  last_signed_in_at: nullable(instant),
  created_at: instant,
});
export type PersonJson = Static<typeof personJson>;

export const invitedPersonJson = Type.Interface([personJson], {
  invitation_url: Type.String({
    description: 'sets the password, once; shown this once, stored as a hash. Send it to the person',
  }),
  invitation_expires_at: instant,
  is_mailed: Type.Boolean({
    description:
      'the link went to the person by e-mail; false where SMTP is not set up, or its server did not take it',
  }),
});
export type InvitedPersonJson = Static<typeof invitedPersonJson>;

export const personBody = Type.Object({ email, name: nameText, role }, { additionalProperties: false });

export const personChangeBody = Type.Object(
  { name: Type.Optional(nameText), role: Type.Optional(role) },
  { additionalProperties: false },
);
