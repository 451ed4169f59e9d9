import { use } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { ChangedValue } from '../../../components/values/changes.tsx';
import { FieldLooks, FieldName } from '../../../components/values/field-name.tsx';

const shown = 2;
/** What one looks for first is shown whole. */
const typesInOrder = ['money', 'boolean'];

/** In the room of a row: the names of what changed, and the new values; amounts first. */
export function ChangedFields({ changes }: Pick<PostbackJson, 'changes'>) {
  const looks = use(FieldLooks);
  const rankOf = (name: string) => {
    const at = typesInOrder.indexOf(looks.get(name)?.type ?? '');
    return at === -1 ? typesInOrder.length : at;
  };
  const fields = Object.entries(changes).sort(([one], [other]) => rankOf(one) - rankOf(other));
  if (fields.length === 0) return <span className="text-muted">–</span>;
  return (
    <ul className="flex max-w-52 2xl:max-w-96 flex-wrap gap-x-2 text-xs md:flex-nowrap">
      {fields.slice(0, shown).map(([name, { to }]) => (
        <li key={name} className="min-w-0 truncate first:max-w-full first:shrink-0">
          <FieldName field={name} />{' '}
          <bdi>{to === null ? 'cleared' : <ChangedValue field={name} value={to} />}</bdi>
        </li>
      ))}
      {fields.length > shown && (
        <li className="shrink-0 text-muted" title={`and ${fields.length - shown} more`}>
          +{fields.length - shown}
        </li>
      )}
    </ul>
  );
}
