import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useFields } from '../../../api/fields.ts';
import type { FileQuery } from '../../../api/files.ts';
import { useSession } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { RadioCards } from '../../../components/forms/radio-cards.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import { type Target, tagTarget } from '../columns/column-draft.ts';
import { ColumnTable } from '../columns/column-table.tsx';
import { ReaderField, useReaders } from '../columns/reader-field.tsx';
import { readingQuery } from '../columns/reading.ts';
import { ReadingCard } from '../columns/reading-card.tsx';
import { keepImport } from '../columns/stored-choices.ts';
import type { FileDraft } from '../columns/use-file-draft.ts';
import { useFileDraft } from '../columns/use-file-draft.ts';
import { UnreadableFile } from '../unreadable-file.tsx';
import { hasEffect, newRun, type RunState, runImport } from './import-run.ts';
import { RunView } from './run-view.tsx';
import { fingerprint } from './split-file.ts';
import { UndoImport } from './undo-import.tsx';

/** One file on its way: how it is read, a preview, the import, its result. */
export function ImportFile({ file }: { file: File }) {
  const fields = useFields();
  const [runs, setRuns] = useState({ preview: null, real: null } as Runs);
  const [rowsAre, setRowsAre] = useState<RowsAre>('update_fields');
  const [readerId, setReaderId] = useState('');
  const readers = useReaders();
  const reader = readers.find(({ id }) => id === readerId);
  const targets = targetsOf(fields, rowsAre);
  const { draft, error, retry } = useFileDraft(file, {
    purpose: `import.${rowsAre}`,
    // Who exports a log of calls exports calls that are over.
    ...(rowsAre === 'calls' && { constants: { state: 'completed' } }),
    targets,
    fieldNames: new Set(fields.map(({ name }) => name)),
    proposedTarget: ({ field }) => field ?? '',
    onChange: () => setRuns({ preview: null, real: null }),
  });
  if (draft === null) return error ? <UnreadableFile {...{ error, retry }} /> : <TableSkeleton />;
  const { inspection, reading, choices } = draft;
  const startAnew = () => setRuns({ preview: null, real: null });
  // A webhook has its own type and mapping.
  const query: FileQuery =
    reader === undefined
      ? { ...draft.query, type: rowsAre }
      : { ...readingQuery(reading), webhook_id: reader.id };
  const areCalls = (reader?.type ?? rowsAre) === 'calls';
  return (
    <div className="space-y-5">
      {runs.real === null && (
        <>
          <ReaderField
            readers={readers}
            value={readerId}
            hint="The rows go through that webhook: its mapping, allowed fields and rules for repeats apply."
            onChange={(id) => {
              setReaderId(id);
              startAnew();
            }}
          />
          {reader === undefined && (
            <RadioCards
              label="The rows are"
              name="rows"
              value={rowsAre}
              choices={rowKinds}
              onChange={(kind) => {
                setRowsAre(kind);
                startAnew();
              }}
            />
          )}
          <ReadingCard {...{ inspection, reading }} onChange={draft.changeReading} />
          {reader === undefined && (
            <ColumnTable {...{ inspection, choices, targets }} onChoose={draft.chooseColumn} />
          )}
          {areCalls && (
            <p className="text-muted text-sm">
              An import of calls cannot be undone: calls that are added stay, and go on to be changed by
              others.
            </p>
          )}
        </>
      )}
      {/* A run is of one way to read the file: another way ends it. */}
      <Runner
        key={JSON.stringify(query)}
        {...{ file, draft, query, areCalls, runs, setRuns }}
        missing={reader === undefined ? whatIsMissing(draft, rowsAre) : null}
      />
    </div>
  );
}

type RowsAre = 'update_fields' | 'calls';
const rowKinds = [
  {
    value: 'update_fields',
    name: 'Results of calls',
    description: 'Amounts, conversions and tags of existing calls.',
  },
  {
    value: 'calls',
    name: 'Calls',
    description: 'A log of past calls: adds the calls that do not exist yet.',
  },
] as const;

type Runs = { preview: RunState | null; real: RunState | null };
type RunnerProps = {
  file: File;
  draft: FileDraft;
  query: FileQuery;
  areCalls: boolean;
  /** what has to be chosen first */
  missing: string | null;
  runs: Runs;
  setRuns(change: (runs: Runs) => Runs): void;
};

function Runner({ file, draft, query, areCalls, missing, runs: { preview, real }, setRuns }: RunnerProps) {
  const { account } = useSession();
  const client = useQueryClient();
  const [isAgain, setAgain] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      running.current?.abort();
      running.current = null; // what it still reports is of no interest
    },
    [],
  );

  const start = async (isDryRun: boolean, begun: RunState = newRun(isDryRun)) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    const tell = (state: RunState) => {
      if (running.current === abort) setRuns((runs) => ({ ...runs, [isDryRun ? 'preview' : 'real']: state }));
      if (!isDryRun) keep(state);
    };
    tell(begun);
    const key = begun.importKey ?? (await makeImportKey(file, query, isAgain));
    const keyed = { ...query, import_key: key };
    const run = { ...begun, importKey: key };
    await runImport({ file, reading: draft.reading, query: keyed, isDryRun }, run, abort.signal, tell);
    if (!isDryRun) void client.invalidateQueries({ queryKey: ['calls'] });
  };
  const keep = ({ importId, webhookId, rows, counts }: RunState) => {
    draft.keep();
    if (importId === null || webhookId === null || areCalls || !hasEffect(counts)) return;
    const at = new Date().toISOString();
    const { applied } = counts;
    keepImport(account.name, { importId, webhookId, fileName: file.name, at, rows, applied });
  };
  const isIdle = preview?.phase === 'done' && preview.duplicates === 0 && !hasEffect(preview.counts);
  const isBusy = preview?.phase === 'running' || real?.phase === 'running';

  if (real !== null) {
    return (
      <Card
        title="Result"
        {...(!areCalls &&
          real.importId !== null &&
          real.webhookId !== null &&
          hasEffect(real.counts) &&
          real.phase !== 'running' && {
            actions: (
              <UndoImport
                webhookId={real.webhookId}
                importId={real.importId}
                fileName={file.name}
                onUndone={() => setRuns(() => ({ preview: null, real: null }))}
              />
            ),
          })}
      >
        <RunView
          {...{ run: real, file }}
          onStop={() => running.current?.abort()}
          onContinue={() => void start(false, real)}
        />
      </Card>
    );
  }
  return (
    <Card title="Preview">
      <div className="space-y-4">
        {missing !== null && <p className="text-muted text-sm">{missing}</p>}
        <div className="flex flex-wrap items-center gap-2">
          <Button
            look={preview === null ? 'primary' : 'secondary'}
            disabled={missing !== null || isBusy}
            onClick={() => void start(true)}
          >
            {preview === null ? 'Preview all rows' : 'Preview again'}
          </Button>
          {preview !== null && preview.rows > 0 && (
            <Button
              look="primary"
              disabled={missing !== null || isBusy || isIdle}
              onClick={() => void start(false)}
            >
              Import the file
            </Button>
          )}
          {isIdle && <span className="text-muted text-sm">No row would change anything.</span>}
          {preview !== null && preview.duplicates > 0 && (
            <label className="ml-2 flex items-center gap-2 text-sm">
              <input type="checkbox" checked={isAgain} onChange={() => setAgain(!isAgain)} />
              Do rows again that were imported before
            </label>
          )}
        </div>
        {preview === null ? (
          <p className="text-muted text-sm">
            The preview tells what each row would change. It changes nothing.
          </p>
        ) : (
          <RunView
            {...{ run: preview, file }}
            onStop={() => running.current?.abort()}
            onContinue={() => void start(true, preview)}
          />
        )}
      </div>
    </Card>
  );
}

/** What has to be chosen before anything can run; null where nothing is missing. */
function whatIsMissing({ choices, inspection, reading }: FileDraft, rowsAre: RowsAre): string | null {
  const targets = choices.map(({ target }) => target).filter((target) => target !== '');
  const isNamed = targets.some((target) => target === 'call_log_id' || target === 'phone_number');
  if (rowsAre === 'calls') {
    if (!targets.includes('call_log_id')) return 'Choose the column with the id of the call.';
    if (!targets.includes('started_at')) return 'Choose the column with the start of the call.';
    if (!targets.includes('duration_seconds') && !targets.includes('ended_at'))
      return 'Choose the column with the duration of the call, or with its end.';
  }
  if (!isNamed) return 'Choose the column that names the call: its id, or the caller’s number.';
  const others = targets.filter(
    (target) => !['call_log_id', 'phone_number', 'transaction_id'].includes(target),
  );
  if (others.length === 0) return 'Choose the columns whose values are set on the calls.';
  const isDated = targets.some((target) => target.endsWith('_at'));
  if (isDated && inspection.ambiguous_date !== null && reading.dates === '')
    return 'Choose the order of day and month.';
  return null;
}

/** The same for the same file, read in the same way: its rows are done once. */
async function makeImportKey(file: File, query: FileQuery, isAgain: boolean): Promise<string> {
  const reading = await fingerprint(new Blob([JSON.stringify(query)]));
  const again = isAgain ? `-${Date.now().toString(36)}` : '';
  return `${await fingerprint(file)}-${reading}${again}`;
}

function targetsOf(fields: ReturnType<typeof useFields>, rowsAre: RowsAre): Target[] {
  const known = fields
    .filter(
      ({ name, webhook_types: types }) => !callNames.has(name) && types.some(({ type }) => type === rowsAre),
    )
    .map(({ name, label, type }) => ({
      ...{
        name,
        label,
        isBoolean: type === 'boolean',
        isSeconds: type === 'seconds',
        isTime: type === 'time',
      },
    }));
  return [
    { name: 'call_log_id', label: 'Call id' },
    { name: 'phone_number', label: 'Caller’s number' },
    ...known,
    { name: tagTarget, label: 'Tag of this name' },
    { name: 'transaction_id', label: 'Transaction id' },
  ];
}

const callNames = new Set(['phone_number', 'caller_withheld', 'other_ids']);
