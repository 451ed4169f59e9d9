import { Lock } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useMay, useSession } from '../../../api/session.ts';
import { Card } from '../../../components/card.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import { Time } from '../../../components/time.tsx';
import { forgetImport, recentImports } from '../columns/stored-choices.ts';
import { FileDrop, FileName } from '../file-drop.tsx';
import { UndoImport } from './undo-import.tsx';

const ImportFile = lazy(async () => ({ default: (await import('./import-file.tsx')).ImportFile }));

export function ImportPage() {
  const [file, setFile] = useState<File | null>(null);
  const mayImport = useMay('change_calls');
  return (
    <>
      <PageHeader
        title="Import"
        description="Set the amounts, conversions and tags of calls from a file: each row is checked, and each can be undone."
      />
      {!mayImport ? (
        <EmptyState icon={Lock} title="Not for your role">
          Operators and owners import files. You may compare a statement and look at payouts.
        </EmptyState>
      ) : file === null ? (
        <div className="space-y-5">
          <FileDrop what="A file with a row for each call" onFile={setFile} />
          <RecentImports />
        </div>
      ) : (
        <>
          <FileName file={file} onClose={() => setFile(null)} />
          <Suspense fallback={<TableSkeleton />}>
            <ImportFile key={`${file.name} ${file.lastModified}`} file={file} />
          </Suspense>
        </>
      )}
    </>
  );
}

function RecentImports() {
  const { account } = useSession();
  const [imports, setImports] = useState(() => recentImports(account.name));
  if (imports.length === 0) return null;
  return (
    <Card title="Imports from this browser">
      <ul className="divide-y divide-line">
        {imports.map(({ importId, webhookId, fileName, at, rows, applied }) => (
          <li key={importId} className="flex flex-wrap items-center justify-between gap-2 py-2 text-sm">
            <span className="min-w-0">
              <bdi className="break-words font-medium">{fileName}</bdi>{' '}
              <span className="text-muted">
                <Time at={at} />, {rows.toLocaleString('en-US')} rows, {applied.toLocaleString('en-US')}{' '}
                changed
              </span>
            </span>
            <UndoImport
              {...{ webhookId, importId, fileName }}
              onUndone={() => {
                forgetImport(account.name, importId);
                setImports(recentImports(account.name));
              }}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
