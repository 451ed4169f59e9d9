import type { ReactNode } from 'react';
import type { CallReportJson } from '../../api/overview.ts';
import { Money } from '../../components/values/money.tsx';
import { percent } from '../../components/values/percent.ts';
import { changeInPercent } from './previous-period.ts';

type Totals = CallReportJson['totals'];
type FiguresProps = { totals: Totals; before: { totals: Totals; words: string } | null };

/** The sums of the period, exact, and how they compare with the period before. */
export function Figures({ totals, before }: FiguresProps) {
  const note = (name: 'revenue' | 'payout_owed' | 'payout_held' | 'profit' | 'calls' | 'converted') =>
    before === null ? undefined : (
      <Comparison current={totals[name]} before={before.totals[name]} words={before.words} />
    );
  const amounts = [totals.revenue, totals.payout_owed, totals.payout_held, totals.profit];
  const isLong = amounts.some(({ length }) => length > 10); // more than a card of six in a row has room for
  return (
    <dl
      className={`grid grid-cols-2 gap-3 sm:grid-cols-3 ${isLong ? 'max-sm:[&_dd:first-of-type]:text-base 2xl:grid-cols-6' : 'xl:grid-cols-6'}`}
    >
      <Figure name="Revenue" note={note('revenue')}>
        <Money amount={totals.revenue} />
      </Figure>
      <Figure name="Payout owed" note={note('payout_owed')}>
        <Money amount={totals.payout_owed} />
      </Figure>
      <Figure name="Payout held" note={note('payout_held')}>
        <Money amount={totals.payout_held} />
      </Figure>
      <Figure name="Profit" note={note('profit')}>
        <Money amount={totals.profit} />
      </Figure>
      <Figure name="Calls" note={note('calls')}>
        <data value={totals.calls}>{totals.calls.toLocaleString('en-US')}</data>
        {totals.live > 0 && (
          <span className="ml-2 font-normal text-muted text-xs tracking-normal">
            {totals.live.toLocaleString('en-US')} live
          </span>
        )}
      </Figure>
      <Figure name="Converted" note={note('converted')}>
        <data value={totals.converted}>{totals.converted.toLocaleString('en-US')}</data>
        <span className="ml-2 whitespace-nowrap font-normal text-muted text-xs tracking-normal">
          {percent(totals.conversion_rate)} of calls
        </span>
      </Figure>
    </dl>
  );
}

type ComparisonProps = { current: string | number; before: string | number; words: string };

function Comparison({ current, before, words }: ComparisonProps) {
  const change = changeInPercent(current, before);
  const was = typeof before === 'number' ? before.toLocaleString('en-US') : <Money amount={before} />;
  return (
    <span title={`Compared with ${words}`}>
      {change !== null && <strong className="font-medium text-ink">{change} </strong>}
      {Number(before) === 0 ? 'none before' : change === null ? 'as before' : <>from {was}</>}
    </span>
  );
}

export function Figure({ name, note, children }: { name: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="break-words font-semibold text-xl tabular-nums tracking-tight">{children}</dd>
      {note !== undefined && <dd className="text-muted text-xs">{note}</dd>}
    </div>
  );
}
