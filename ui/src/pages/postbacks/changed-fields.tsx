import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { ChangedValue } from '../../components/values/changes.tsx';
import { FieldName } from '../../components/values/field-name.tsx';

const shown = 2;

/** In the room of a row: the names of what changed, and the new values. */
export function ChangedFields({ changes }: Pick<PostbackJson, 'changes'>) {
  const fields = Object.entries(changes);
  if (fields.length === 0) return <span className="text-muted">–</span>;
  return (
    <ul className="max-w-72 space-y-0.5 text-xs">
      {fields.slice(0, shown).map(([name, { to }]) => (
        <li key={name} className="truncate">
          <FieldName field={name} />{' '}
          <bdi>{to === null ? 'cleared' : <ChangedValue field={name} value={to} />}</bdi>
        </li>
      ))}
      {fields.length > shown && <li className="text-muted">and {fields.length - shown} more</li>}
    </ul>
  );
}
