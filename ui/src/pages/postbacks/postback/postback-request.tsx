import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { basePath } from '../../../api/base-path.ts';
import { Card } from '../../../components/card.tsx';
import { CodeBlock, CopyButton } from '../../../components/copy.tsx';
import { curlOf, keyPlaceholder } from './curl-text.ts';

/** What the sender sent is what people look for: headers are last. */
function bodyFirst(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('headers' in request)) return request;
  const { headers, ...rest } = request;
  return { ...rest, headers };
}

/** The request as the log keeps it, and as a command to send it again. */
export function PostbackRequest({ postback }: { postback: PostbackJson }) {
  const curl = curlOf(postback, window.location.origin + basePath);
  return (
    <Card
      title="Request"
      {...(curl !== null && { actions: <CopyButton text={curl} what="the request" label="Copy as curl" /> })}
    >
      <CodeBlock label="Request" text={JSON.stringify(bodyFirst(postback.request), null, 2)} />
      {curl !== null && (
        <p className="mt-2 text-muted text-xs">
          The key is not in the log. In the copied command put it in place of{' '}
          <code className="font-mono">{keyPlaceholder}</code>.
        </p>
      )}
    </Card>
  );
}
