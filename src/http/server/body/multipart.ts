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
  await new Promise<void>((resolve, rejectRead) => {
    const fail = (error: unknown) => rejectRead(error instanceof UnreadableBody ? error : malformed());
    try {
      const parser = new Busboy({ headers: { 'content-type': contentType }, defCharset: charset });
      parser.on('field', (name, value) => pairs.append(name, value));
      parser.on('file', (name, file, filename) => {
        file.on('error', fail).resume();
        // A browser sends a file field without a choice as a file without a name.
        if (filename !== '') fail(new UnreadableBody(filePart(name)));
      });
      parser.on('error', fail).on('finish', resolve).end(bytes);
    } catch (error) {
      fail(error);
    }
  });
  return pairs;
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
