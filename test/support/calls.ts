/** Calls with ids that no other test has. */
import { beforeEach } from 'vitest';
import type { TestServer } from './server.ts';

/** Makes completed calls, each with another id. @returns a function that resolves with the id */
export function callMaker(server: TestServer, prefix: string): (fields?: object) => Promise<string> {
  let made = 0;
  return async (fields = {}) => {
    made += 1;
    const id = `${prefix}-${made}`;
    await server.createCall(id, fields);
    return id;
  };
}

/** A completed call; each test has another one. */
export function useCall(server: TestServer): { id: string } {
  const make = callMaker(server, 'CA');
  const call = { id: '' };
  beforeEach(async () => {
    call.id = await make();
  });
  return call;
}
