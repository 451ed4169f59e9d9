/** Clients that leave before they are answered. */
import { once } from 'node:events';
import { expect } from 'vitest';
import { holdLock, waitingForLocks } from '../database.ts';
import type { TestServer } from '../server.ts';
import { openSocket } from './raw-http.ts';

/** More than any route has places for one account. */
export const clients = 5;

/** Sends a request from several clients, which all leave while the server reads whose it is, from this table. */
export async function leaveWhileWaiting(
  server: TestServer,
  request: string,
  table: 'account' | 'api_token' = 'account',
): Promise<void> {
  const lock = await holdLock(server.database, `lock table ${table} in access exclusive mode`);
  const sockets = Array.from({ length: clients }, () => openSocket(server.url));
  for (const socket of sockets) socket.write(request);
  await expect.poll(async () => (await waitingForLocks(server.database)).length).toBe(clients);
  for (const socket of sockets) {
    const closed = once(socket, 'close');
    socket.resetAndDestroy();
    await closed;
  }
  // The server hears of them before it answers a request that came after.
  await server.request('/healthz');
  await lock.release();
  await expect.poll(async () => (await waitingForLocks(server.database)).length).toBe(0);
}
