import type { ServerResponse } from 'node:http';

export type RateMin = { bytesPerSecond: number; windowMs: number };

/**
 * Cuts a response off whose reader takes fewer bytes in a window than the minimum, while there are bytes for it to take. A
 * reader that waits for the server is never cut off.
 */
export function cutOffSlowReader(response: ServerResponse, { bytesPerSecond, windowMs }: RateMin): void {
  const { socket } = response;
  if (socket === null || response.closed) return;
  const takenBytes = () => socket.bytesWritten - socket.writableLength;
  let before = takenBytes();
  const timer = setInterval(() => {
    const taken = takenBytes() - before;
    before += taken;
    if (socket.writableLength > 0 && taken < (bytesPerSecond * windowMs) / 1_000) socket.destroy();
  }, windowMs);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}
