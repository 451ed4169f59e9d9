import { RequestFailed } from '../../api/request.ts';

/** Every error of a mapping, each with its place in it. */
export function MappingFaults({ error, title }: { error: Error; title: string }) {
  const errors = error instanceof RequestFailed ? (error.problem?.errors ?? []) : [];
  return (
    <div role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger text-sm">
      <p className="font-medium">{title}</p>
      {errors.length === 0 ? (
        <p>{error.message}</p>
      ) : (
        <ul className="mt-1 space-y-1">
          {errors.map(({ field, detail }) => (
            <li key={`${field} ${detail}`} className="break-words">
              {field !== null && <code className="font-mono text-xs">{field} </code>}
              {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
