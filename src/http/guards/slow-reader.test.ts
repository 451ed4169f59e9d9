import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { AccountSlots } from './account-slots.ts';
import { cutOffSlowReader } from './slow-reader.ts';

const sizeBytes = 32 << 20;

/** Requests a large response. @returns whether the server sent all of it */
async function isSentWhole(read: (socket: Socket) => void): Promise<boolean> {
  const server = createServer((_request, response) => {
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

test('a reader that has stopped is cut off', async () => {
  expect(await isSentWhole((socket) => socket.once('data', () => socket.pause()))).toBe(false);
});

test('a reader is cut off in the window in which it takes less than the minimum of what waits for it', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const socket = { bytesWritten: 0, writableLength: 500, destroy: vi.fn() };
  // The parts of a response that count here: what a reader takes in a window is exact with a socket of the test's own.
  const response = Object.assign(new EventEmitter(), { socket }) as unknown as ServerResponse;
  cutOffSlowReader(response, { bytesPerSecond: 100, windowMs: 1_000 });
  const take = (bytes: number, waiting: number) => {
    socket.bytesWritten += bytes - socket.writableLength + waiting;
    socket.writableLength = waiting;
    vi.advanceTimersByTime(1_000);
    return socket.destroy.mock.calls.length;
  };
  expect(take(100, 500)).toBe(0);
  expect(take(0, 0)).toBe(0);
  expect(take(99, 1)).toBe(1);
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
