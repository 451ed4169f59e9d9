/** The thread of a server that rejects every connection and does nothing else: what the attack alone costs. */
import { createServer } from 'node:net';
import { parentPort } from 'node:worker_threads';

const answer = 'HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.pause();
    socket.end(answer);
    setTimeout(() => socket.destroy(), 500 + Math.random() * 1_000).unref();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    parentPort?.postMessage(`http://127.0.0.1:${address.port}`);
});
