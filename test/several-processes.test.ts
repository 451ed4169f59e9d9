/** What holds for a server of one process holds for one of several: these tests again. */
import { describe } from 'vitest';
import { useProcesses } from './support/server.ts';

useProcesses(2);

describe.each([
  './batch.test.ts',
  './postbacks/calls/live-and-completed.test.ts',
  './postbacks/repeats/repeats.test.ts',
  './postbacks/calls/matching.test.ts',
  './postbacks/access/auth-keys.test.ts',
  './api/calls/call-changes-by-hand.test.ts',
])('%s', (file) => import(file));
