import type { RenderedRequest } from '../../../api/webhooks/outgoing.ts';
import { CodeBlock } from '../../../components/copy.tsx';

type Sent = Pick<Exclude<RenderedRequest, { skipped: string }>, 'method' | 'url' | 'headers' | 'body'>;

/** A request as it goes out. @param of tells readers which of several it is */
export function SentRequest({ of, request }: { of: string; request: Sent }) {
  const { method, url, headers, body } = request;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <div className="space-y-2">
      <CodeBlock label={`Request of ${of}`} text={`${method} ${url}`} isWrapped />
      {lines.length > 0 && <CodeBlock label={`Headers of ${of}`} text={lines.join('\n')} isWrapped />}
      {body !== null && <CodeBlock label={`Body of ${of}`} text={indented(body)} isWrapped />}
    </div>
  );
}

/** JSON over several lines; other text as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
