/** Macros of templates (docs/outgoing.md). */
const groups = [
  {
    name: 'Call',
    macros: [
      ...['CALL_LOG_ID', 'PHONE_NUMBER', 'CAMPAIGN', 'PUBLISHER', 'BUYER', 'TRACKING_NUMBER', 'STATE'],
      ...['STARTED_AT', 'ENDED_AT', 'DURATION_SECONDS', 'CONNECTED_SECONDS', 'RECORDING_URL', 'TAG.key'],
    ],
  },
  {
    name: 'Money',
    macros: [
      ...['REVENUE_PAID_OUT', 'PUBLISHER_PAID_OUT', 'PAYOUT_STATUS', 'CONVERTED', 'CALL_CONVERTED_AT'],
      ...['REASON', 'NO_PAYOUT_REASON'],
    ],
  },
  { name: 'Event', macros: ['EVENT', 'EVENT_ID', 'EVENT_AT', 'SUMMARY', 'FROM.field', 'TO.field'] },
];

/** What a template may contain; a click inserts it where the cursor was last. */
export function MacroList({ onInsert }: { onInsert(macro: string): void }) {
  return (
    <details className="rounded-md border border-line px-3 py-2 text-sm">
      <summary className="font-medium">Values to insert</summary>
      <div className="mt-2 space-y-2">
        {groups.map(({ name, macros }) => (
          <div key={name}>
            <p className="mb-1 text-muted text-xs">{name}</p>
            <ul className="flex flex-wrap gap-1.5">
              {macros.map((macro) => (
                <li key={macro}>
                  <button
                    type="button"
                    className="rounded-md bg-raised px-1.5 py-0.5 font-mono text-xs hover:text-accent"
                    onMouseDown={(event) => event.preventDefault()} // the text keeps its focus
                    onClick={() => onInsert(`[${macro}]`)}
                  >
                    {macro}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <p className="text-muted text-xs">
          Formats follow a bar: <code className="font-mono">[PHONE_NUMBER|digits|sha256]</code>,{' '}
          <code className="font-mono">[STARTED_AT|date:us]</code>,{' '}
          <code className="font-mono">[BUYER|default:none]</code>.
        </p>
      </div>
    </details>
  );
}
