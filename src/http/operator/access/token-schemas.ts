import Type, { type Static } from 'typebox';
import { roles } from '../../../core/access/role.ts';
import { instant, nameText, nullable, oneOf } from '../value-schemas.ts';

const role = oneOf(roles, {
  description:
    'analyst: reads; operator: everything but accounts, tokens and the audit log; owner: everything',
});

export const tokenJson = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ description: 'shown in timelines and in the audit log' }),
    role,
    from_settings: Type.Boolean({
      description: 'true for the token of ADMIN_TOKEN or DATA_DIR/admin-token, which is changed there',
    }),
    expires_at: nullable(instant),
    last_used_at: nullable({ ...instant, description: 'to about five minutes' }),
    created_at: instant,
  },
  { title: 'Token' },
);
export type TokenJson = Static<typeof tokenJson>;

export const tokenWithSecretJson = Type.Interface([tokenJson], {
  token: Type.String({ description: 'shown this once; stored as a hash' }),
});

export const tokenBody = Type.Object(
  {
    name: nameText,
    role,
    expires_at: Type.Optional(
      nullable(Type.String({ format: 'future', description: 'RFC 3339; null or left out: never' })),
    ),
  },
  { additionalProperties: false },
);
