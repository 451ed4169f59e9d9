/** NDJSON: one JSON object a line, with the line's number. */
import { isUtf8 } from 'node:buffer';
import { notAnObject, readJsonBody } from '../core/updates/decode/json-body.ts';
import { type Rejection, reject } from '../core/updates/rejection.ts';
import { rowBytesMax } from './file-fault.ts';
import type { Bytes } from './file-head.ts';

export type JsonLine =
  | { line: number; payload: Record<string, unknown> }
  | { line: number; rejection: Rejection };

const newlineByte = 0x0a;

/** All lines but blank ones. */
export async function* readJsonLines(bytes: Bytes): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const text of splitLines(bytes)) {
    line += 1;
    if (text === 'too_long') {
      const detail = `The line has more than ${rowBytesMax} bytes. Send one JSON object a line.`;
      yield { line, rejection: reject('body_too_large', detail) };
      continue;
    }
    if (!isUtf8(text)) yield { line, rejection: reject('malformed_body', 'Send the line in UTF-8.') };
    else {
      const json = text.toString().trim();
      if (json === '') continue;
      const body = readJsonBody(json);
      if ('code' in body) yield { line, rejection: body };
      else if (body.kind === 'list') yield { line, rejection: notAnObject() };
      else yield { line, payload: body.payload };
    }
  }
}

async function* splitLines(bytes: Bytes): AsyncGenerator<Buffer | 'too_long'> {
  let begun: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer) => {
    length += part.length;
    // What is too long is counted, not kept.
    if (length <= rowBytesMax) begun.push(part);
    else begun = [];
  };
  const finish = () => {
    const line = length > rowBytesMax ? 'too_long' : Buffer.concat(begun);
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(newlineByte); end !== -1; end = chunk.indexOf(newlineByte, start)) {
      take(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}
