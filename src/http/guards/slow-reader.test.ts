import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { AccountSlots } from './account-slots.ts';
import { cutOffSlowReader } from './slow-reader.ts';

const sizeBytes = 32 << 20;

/** Requests a large response. @returns whether the server sent all of it */
async function isSentWhole(read: (socket: Socket) => void): Promise<boolean> {
  const server = createServer((_request, response) => {
    // On a busy machine, a fast reader may take little in a window, and one that has stopped takes nothing.
    cutOffSlowReader(response, { bytesPerSecond: 1, windowMs: 1_000 });
    response.end(Buffer.alloc(sizeBytes));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  const responded = once(server, 'request');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  read(socket);
  const [, response] = await responded;
  await once(response, 'close');
  return response.writableFinished;
}

test('a reader that takes less than the minimum is cut off, and another is not', async () => {
  expect(await isSentWhole((socket) => socket.once('data', () => socket.pause()))).toBe(false);
  expect(await isSentWhole((socket) => socket.resume())).toBe(true);
});

test('slots are of one account, and one that is given back twice is free once', () => {
  const slots = new AccountSlots(2);
  const [first, second] = [slots.take('a'), slots.take('a')];
  expect([first, second, slots.take('b')].every((slot) => slot !== null)).toBe(true);
  expect(slots.take('a')).toBeNull();
  first?.();
  first?.();
  expect(slots.take('a')).not.toBeNull();
  expect(slots.take('a')).toBeNull();
});
