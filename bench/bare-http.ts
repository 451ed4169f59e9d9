/** The limit of HTTP: reads the JSON body and answers as many bytes as Ringback does, with no database behind. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeOrderedId } from '../src/ordered-id.ts';

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const payload = JSON.parse(text);
    const postbackId = makeOrderedId();
    const body = JSON.stringify({
      postback_id: postbackId,
      status: 'applied',
      duplicate: false,
      call_log_id: payload.call_log_id,
      matched_by: 'call_log_id',
      candidates: 1,
      changes: {
        converted: { from: false, to: payload.converted },
        call_converted_at: { from: null, to: new Date().toISOString() },
        revenue_paid_out: { from: null, to: payload.revenue_paid_out },
        publisher_paid_out: { from: null, to: payload.publisher_paid_out },
        'tags.deal': { from: null, to: payload.add.deal },
      },
      ignored: [],
    });
    response.writeHead(200, {
      'x-postback-status': 'applied',
      'x-postback-id': postbackId,
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
