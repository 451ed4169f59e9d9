import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { Card } from '../../../components/card.tsx';
import { Time } from '../../../components/time.tsx';
import { ChangeList } from '../../../components/values/changes.tsx';
import { useFieldLabel } from '../../../components/values/field-name.tsx';
import { adviceOn } from '../../webhooks/activity/rejection-advice.ts';
import { outcomeSentence } from '../outcome-words.ts';

/** The result: the changes before and after, or every fault with what to do. */
export function PostbackOutcome({ postback }: { postback: PostbackJson }) {
  const { changes, applied_at: appliedAt, dry_run: isDryRun, code } = postback;
  const hasChanges = Object.keys(changes).length > 0;
  return (
    <Card title="Result">
      <p className="text-sm">
        {isDryRun && <strong>Dry run: nothing was done. </strong>}
        {outcomeSentence(postback)}
        {appliedAt !== null && (
          <span className="text-muted">
            {' '}
            Applied <Time at={appliedAt} />.
          </span>
        )}
      </p>
      {code !== null && <Rejection postback={postback} code={code} />}
      {hasChanges && (
        <div className="mt-3">
          <ChangeList changes={changes} />
        </div>
      )}
    </Card>
  );
}

function Rejection({ postback: { detail, errors }, code }: { postback: PostbackJson; code: string }) {
  const { fix } = adviceOn(code);
  const labelOf = useFieldLabel();
  return (
    <div className="mt-3 space-y-3 text-sm">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <dt className="text-muted">Code</dt>
        <dd>
          <code className="font-mono text-rejected text-xs">{code}</code>
        </dd>
        {errors.length === 0 && (
          <>
            <dt className="text-muted">Answered</dt>
            <dd className="break-words">
              <bdi>{detail}</bdi>
            </dd>
          </>
        )}
        {fix !== '' && (
          <>
            <dt className="text-muted">What to do</dt>
            <dd>{fix}</dd>
          </>
        )}
      </dl>
      {errors.length > 0 && (
        <div>
          <h3 className="mb-1 font-medium text-xs">Every error of the request</h3>
          <ul className="space-y-1.5 border-rejected border-l-2 pl-3">
            {errors.map(({ field, code: one, detail: what }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one field may have the same fault twice
              <li key={at} className="break-words">
                <bdi className="font-medium">{field === null ? 'The request' : labelOf(field)}</bdi>{' '}
                <span className="text-muted text-xs">{one}</span>
                <div>{what}</div>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
