import Type, { type Static } from 'typebox';
import { sums } from '../../overview/report-schemas.ts';

export const callTotalsJson = Type.Object(sums);
export type CallTotalsJson = Static<typeof callTotalsJson>;
