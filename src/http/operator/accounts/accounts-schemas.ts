import Type, { type Static } from 'typebox';
import { instant, nameText } from '../value-schemas.ts';
import { accountChangeBody, accountJson } from './account-schemas.ts';

export const listedAccountJson = Type.Interface([accountJson], { id: Type.String(), created_at: instant });
export type ListedAccountJson = Static<typeof listedAccountJson>;

export const newAccountJson = Type.Interface([listedAccountJson], {
  token: Type.String({ description: 'of its owner; shown this once, and stored as a hash' }),
});

const { time_zone, default_country } = accountChangeBody.properties;

export const newAccountBody = Type.Object(
  { name: nameText, time_zone, default_country },
  { additionalProperties: false },
);
