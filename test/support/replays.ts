import { expect } from 'vitest';
import type { Answer, TestServer, TestWebhook } from './server.ts';

export const postbackIdOf = (answer: Answer): string => answer.headers.get('x-postback-id') ?? '';

/** Rejected postbacks and their replays. @param own what the test file has made by the time that they are asked for */
export function replaysOf(own: () => { server: TestServer; webhook: TestWebhook }) {
  return {
    replay: (id: string, body?: object) => own().server.api('POST', `/postbacks/${id}/replay`, body),
    read: async (id: string) => (await own().server.api('GET', `/postbacks/${id}`)).json,
    /** Sends what is rejected with this code. @returns the postback's id */
    rejected: async (body: object, code: string, by = own().webhook): Promise<string> => {
      const answer = await own().server.post(by, body);
      expect(answer.json.code).toBe(code);
      return postbackIdOf(answer);
    },
  };
}
