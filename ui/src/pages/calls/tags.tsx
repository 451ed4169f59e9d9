import type { CallJson } from '../../../../src/http/operator/calls/call-schemas.ts';

type Tags = CallJson['tags'];

const shownMax = 2;

/** The first tags, and how many more there are. */
export function TagSummary({ tags }: { tags: Tags }) {
  const all = Object.entries(tags);
  if (all.length === 0) return <span className="text-muted">–</span>;
  return (
    <span className="flex items-center gap-1">
      {all.slice(0, shownMax).map(([key, value]) => (
        <Tag key={key} name={key} value={value} isShort />
      ))}
      {all.length > shownMax && <span className="text-muted text-xs">+{all.length - shownMax}</span>}
    </span>
  );
}

/** All of them, by key. */
export function TagList({ tags }: { tags: Tags }) {
  const all = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return (
    <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
      {all.map(([key, value]) => (
        <li key={key} className="min-w-0">
          <Tag name={key} value={value} />
        </li>
      ))}
    </ul>
  );
}

function Tag({ name, value, isShort = false }: { name: string; value: string; isShort?: boolean }) {
  return (
    <span
      title={isShort ? `${name}: ${value}` : undefined}
      className={`inline-block max-w-full rounded-md bg-raised px-1.5 py-0.5 text-xs ${isShort ? 'max-w-24 truncate align-middle 2xl:max-w-32' : 'break-words'}`}
    >
      <bdi className="text-muted">{name}</bdi>
      {value !== '' && (
        <>
          <span className="text-muted">: </span>
          <bdi>{value}</bdi>
        </>
      )}
    </span>
  );
}
