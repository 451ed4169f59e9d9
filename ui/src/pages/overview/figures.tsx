import type { ReactNode } from 'react';
import type { CallReportJson } from '../../api/overview.ts';
import { Money } from '../../components/money.tsx';
import { percent } from './percent.ts';

/** The sums of the period, exact. */
export function Figures({ totals }: Pick<CallReportJson, 'totals'>) {
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      <Figure name="Revenue">
        <Money amount={totals.revenue} />
      </Figure>
      <Figure name="Payout owed">
        <Money amount={totals.payout_owed} />
      </Figure>
      <Figure name="Payout held">
        <Money amount={totals.payout_held} />
      </Figure>
      <Figure name="Profit" note="revenue less payout owed">
        <Money amount={totals.profit} />
      </Figure>
      <Figure
        name="Calls"
        note={totals.live > 0 ? `${totals.live.toLocaleString('en-US')} still live` : 'that started then'}
      >
        <data value={totals.calls}>{totals.calls.toLocaleString('en-US')}</data>
      </Figure>
      <Figure name="Conversion rate" note={`${totals.converted.toLocaleString('en-US')} converted`}>
        <data value={totals.conversion_rate ?? ''}>{percent(totals.conversion_rate)}</data>
      </Figure>
    </dl>
  );
}

export function Figure({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="break-words font-semibold text-xl tabular-nums tracking-tight">{children}</dd>
      {note !== undefined && <dd className="text-muted text-xs">{note}</dd>}
    </div>
  );
}
