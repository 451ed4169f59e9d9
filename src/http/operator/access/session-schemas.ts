import Type, { type Static } from 'typebox';
import { permissionNames } from '../../../core/access/permission.ts';
import { roles } from '../../../core/access/role.ts';
import { accountJson } from '../accounts/account-schemas.ts';
import { instant, nullable, oneOf } from '../value-schemas.ts';

export const sessionJson = Type.Object({
  signed_in_as: Type.String({ description: 'the name of the token, as it stands in timelines' }),
  role: oneOf(roles, { description: 'of the token' }),
  permissions: Type.Array(oneOf(permissionNames), { description: 'what the token may do' }),
  account: accountJson,
  public_url: Type.String({ description: 'what copied URLs begin with' }),
  expires_at: nullable(Type.String({ ...instant, description: 'null for a request with a token' })),
});

export type SessionJson = Static<typeof sessionJson>;

export const signInBody = Type.Object(
  {
    token: Type.String({
      description: 'an API token, or the secret of the sign-in link that npm start prints',
    }),
  },
  { additionalProperties: false },
);

export const listedSessionJson = Type.Object({
  id: Type.String(),
  token_name: Type.String({ description: 'of the token that the browser signed in with' }),
  is_current: Type.Boolean({ description: 'true for the session of this request' }),
  created_at: instant,
  last_used_at: { ...instant, description: 'to about five minutes; 24 hours later the session is over' },
  expires_at: instant,
  source_ip: nullable(Type.String()),
  user_agent: nullable(Type.String()),
});
