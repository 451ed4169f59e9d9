import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { Card } from '../../../components/card.tsx';
import { CodeBlock } from '../../../components/copy.tsx';

/** What the sender was told. */
export function PostbackAnswer({ answer: { status, body } }: Pick<PostbackJson, 'answer'>) {
  return (
    <Card title="Answer" actions={<span className="font-mono text-muted text-xs">HTTP {status}</span>}>
      <CodeBlock label="Answer" text={JSON.stringify(body, null, 2)} />
    </Card>
  );
}
