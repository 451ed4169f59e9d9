import { callJson } from './calls.ts';
import { postbackJson } from './postbacks.ts';
import { problemJson } from './problem.ts';

/** What other schemas refer to by name. */
export const sharedSchemas = [problemJson, callJson, postbackJson];
