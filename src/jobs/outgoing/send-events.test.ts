import { afterEach, expect, test, vi } from 'vitest';
import { startSendingEvents } from './send-events.ts';

afterEach(() => vi.restoreAllMocks());

test('a stop does not wait as long as a slow pass is followed by', async () => {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const unused = () => Promise.reject(new Error('nothing is due'));
  let passed = () => {};
  const firstPass = new Promise<void>((resolve) => {
    passed = resolve;
  });
  const sender = startSendingEvents({
    store: {
      listFollowedWebhooks: async () => [
        { accountId: 'a', webhookId: 'w', isPaused: false, wantsAttention: false },
      ],
      followTimeline: async () => {
        nowMs += 3_600_000;
        passed();
        return new Set();
      },
      listDue: async () => new Set(),
      storeAttention: unused,
      claimDeliveries: unused,
      recordAttempts: unused,
    },
    client: { send: unused, close: async () => {} },
    log: { warn: () => {} },
    random: Math.random,
    onAttempt: () => {},
    findAttention: unused,
  });
  await firstPass;
  await new Promise((resolve) => setImmediate(resolve)); // the pause has begun
  await expect(sender.stop()).resolves.toBeUndefined();
});
