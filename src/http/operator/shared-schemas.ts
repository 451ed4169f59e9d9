import { callJson } from './calls/call-schemas.ts';
import { postbackJson } from './postbacks/postback-schemas.ts';
import { problemJson } from './problem-schemas.ts';

/** What other schemas refer to by name. */
export const sharedSchemas = [problemJson, callJson, postbackJson];
