import Type, { type Static } from 'typebox';
import { passwordCharsMax, passwordCharsMin } from '../../../core/access/password.ts';
import { permissionNames } from '../../../core/access/permission.ts';
import { roles } from '../../../core/access/role.ts';
import { accountJson } from '../accounts/account-schemas.ts';
import { instant, nullable, oneOf } from '../value-schemas.ts';

export const sessionJson = Type.Object(
  {
    signed_in_as: Type.String({ description: 'the name of the person or token, as it is in timelines' }),
    role: oneOf(roles, { description: 'of the person or token' }),
    person_id: nullable(Type.String({ description: 'null for a token' })),
    permissions: Type.Array(oneOf(permissionNames), { description: 'what the token may do' }),
    account: accountJson,
    public_url: Type.String({ description: 'what copied URLs begin with' }),
    expires_at: nullable(Type.String({ ...instant, description: 'null for a request with a token' })),
  },
  { title: 'SignedIn' },
);

export type SessionJson = Static<typeof sessionJson>;

export const signInBody = Type.Object(
  {
    token: Type.String({
      description: 'an API token, or the secret of the sign-in link that npm start prints',
    }),
  },
  { additionalProperties: false },
);

export const listedSessionJson = Type.Object(
  {
    id: Type.String(),
    token_name: nullable(Type.String({ description: 'of the token that the browser signed in with' })),
    person_name: nullable(Type.String({ description: 'of the person who signed in with a password' })),
    is_current: Type.Boolean({ description: 'true for the session of this request' }),
    created_at: instant,
    last_used_at: { ...instant, description: 'to about five minutes; 24 hours later the session is over' },
    expires_at: instant,
    source_ip: nullable(Type.String()),
    user_agent: nullable(Type.String()),
  },
  { title: 'Session' },
);

const email = Type.String({ format: 'email', examples: ['ana@acme.example'] });

const newPassword = Type.String({
  minLength: passwordCharsMin,
  maxLength: passwordCharsMax,
  description: 'the new password',
});

export const passwordBody = Type.Object(
  { email, password: Type.String({ minLength: 1, maxLength: passwordCharsMax }) },
  { additionalProperties: false },
);

export const passwordResetBody = Type.Object({ email }, { additionalProperties: false });

export const passwordChangeBody = Type.Object(
  {
    current_password: Type.String({ minLength: 1, maxLength: passwordCharsMax }),
    new_password: newPassword,
  },
  { additionalProperties: false },
);

export const signInOptionsJson = Type.Object(
  {
    openid: nullable(
      Type.Object({
        name: Type.String({ description: 'of the provider of OpenID Connect', examples: ['Acme'] }),
      }),
    ),
    has_password_reset: Type.Boolean({ description: 'whether links for a new password are sent by e-mail' }),
  },
  { title: 'SignInOptions' },
);

export const invitationBody = Type.Object(
  {
    invitation: Type.String({ description: 'the secret of the invitation link, behind #invitation=' }),
    password: newPassword,
  },
  { additionalProperties: false },
);
