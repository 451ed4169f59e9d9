import { Busboy } from '@fastify/busboy';
import { reject } from '../../../core/updates/rejection.ts';
import { UnreadableBody } from './unreadable-body.ts';

/**
 * The fields of a `multipart/form-data` body.
 * @param charset of the parts that declare none
 * @throws UnreadableBody for a part that is a file, and for what is no such body
 */
export async function readMultipart(
  bytes: Buffer,
  contentType: string,
  charset = 'utf-8',
): Promise<URLSearchParams> {
  const pairs = new URLSearchParams();
  let parts = 0;
  await new Promise<void>((resolve, rejectRead) => {
    const fail = (error: unknown) => rejectRead(error instanceof UnreadableBody ? error : malformed());
    try {
      const parser = new Busboy({ headers: { 'content-type': contentType }, defCharset: charset });
      parser.on('field', (name, value, _isNameCut, _isCut, transferEncoding) => {
        parts += 1;
        if (name === undefined) fail(malformed());
        else if (encodings.has(transferEncoding.toLowerCase())) pairs.append(name, value);
        else fail(new UnreadableBody(encodedPart(name)));
      });
      parser.on('file', (name, file, filename) => {
        parts += 1;
        const failAsFile = () => fail(new UnreadableBody(filePart(name)));
        file.on('error', fail).on('data', failAsFile);
        // A browser sends a file field without a choice as an empty file without a name.
        if (filename !== '') failAsFile();
      });
      parser.on('error', fail).on('finish', resolve).end(bytes);
    } catch (error) {
      fail(error);
    }
  });
  // The parser passes over a part that does not say what it is.
  if (parts < countParts(bytes, contentType)) throw malformed();
  return pairs;
}

/** Of text that is sent as it is. */
const encodings = new Set(['', '7bit', '8bit', 'binary']);

function countParts(bytes: Buffer, contentType: string): number {
  const [, quoted, plain = ''] = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType) ?? [];
  const delimiter = `--${quoted ?? plain}\r\n`;
  let [count, at] = [0, bytes.indexOf(delimiter)];
  for (; at !== -1; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    if (at === 0 || bytes[at - 1] === 0x0a) count += 1;
  }
  return count;
}

function encodedPart(name: string) {
  const field = name.slice(0, 200);
  const detail = 'Send this part as it is, without Content-Transfer-Encoding.';
  return reject('invalid_value', `${field}: ${detail}`, [{ field, code: 'invalid_value', detail }]);
}

function filePart(name: string) {
  const field = name.slice(0, 200);
  const detail = 'Send this part as text: it is a file, and files are not read here.';
  return reject('invalid_value', `${field}: ${detail}`, [{ field, code: 'invalid_value', detail }]);
}

function malformed(): UnreadableBody {
  return new UnreadableBody(
    reject('malformed_body', 'Send a complete multipart/form-data body, with its boundary in Content-Type.'),
  );
}
