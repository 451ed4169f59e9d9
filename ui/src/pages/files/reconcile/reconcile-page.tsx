import { lazy, Suspense, use, useState } from 'react';
import { Card } from '../../../components/card.tsx';
import { SelectField } from '../../../components/field.tsx';
import { DateField } from '../../../components/forms/date-field.tsx';
import { periodOf } from '../../../components/lists/period.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import { TimeZone } from '../../../components/time.tsx';
import { NameField } from '../../calls/list/name-field.tsx';
import { FileDrop, FileName } from '../file-drop.tsx';
import type { Scope } from './reconcile-file.tsx';

const ReconcileFile = lazy(async () => ({ default: (await import('./reconcile-file.tsx')).ReconcileFile }));

export function ReconcilePage() {
  const timeZone = use(TimeZone);
  const [file, setFile] = useState<File | null>(null);
  const [scope, setScope] = useState<Scope>(() => {
    const { from, to } = periodOf({ period: 'last-month' }, timeZone, Date.now());
    return { amount: 'publisher_paid_out', partner: null, from, to };
  });
  const change = (changes: Partial<Scope>) => setScope({ ...scope, ...changes });
  const isPublisher = scope.amount === 'publisher_paid_out';
  return (
    <>
      <PageHeader
        title="Reconcile"
        description="Compare a partner’s statement with your records, call by call. Nothing is changed until you apply differences."
      />
      <div className="space-y-5">
        <Card title="Partner and period of the statement">
          <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
            <SelectField
              label="Statement of"
              value={scope.amount}
              choices={statements}
              onChange={(amount) => change({ amount: amount as Scope['amount'], partner: null })} // one of the choices
            />
            <NameField
              key={scope.amount}
              kind={isPublisher ? 'publishers' : 'buyers'}
              label={isPublisher ? 'Publisher' : 'Buyer'}
              value={scope.partner}
              onChoose={(partner) => change({ partner })}
            />
            <DateField label="First day" value={scope.from} onChange={(from) => change({ from })} />
            <DateField label="Last day" value={scope.to} onChange={(to) => change({ to })} />
          </div>
        </Card>
        {file === null ? (
          <FileDrop what="The statement, with a line for each call" onFile={setFile} />
        ) : (
          <div>
            <FileName file={file} onClose={() => setFile(null)} />
            <Suspense fallback={<TableSkeleton />}>
              <ReconcileFile
                key={`${file.name} ${file.lastModified} ${scope.amount}`}
                file={file}
                scope={scope}
              />
            </Suspense>
          </div>
        )}
      </div>
    </>
  );
}

const statements = [
  { value: 'publisher_paid_out', label: 'A publisher: what you pay' },
  { value: 'revenue_paid_out', label: 'A buyer: what you are paid' },
];
