import { Outlet } from '@tanstack/react-router';
import { Suspense, useMemo } from 'react';
import { useFields } from '../../api/fields.ts';
import { useLiveUpdates } from '../../api/live-updates.ts';
import { useRecovery } from '../../api/recovery.ts';
import { useSession } from '../../api/session.ts';
import { PageSkeleton } from '../../components/states/skeleton.tsx';
import { formatInstant, TimeZone } from '../../components/time.tsx';
import { FieldLooks } from '../../components/values/field-name.tsx';
import { AccountBar } from './account-bar.tsx';
import { AwayNote } from './away-note.tsx';
import { Brand } from './brand.tsx';
import { Navigation, SectionPages } from './navigation.tsx';
import { SessionEnd } from './session-end.tsx';
import { Shortcuts } from './shortcuts.tsx';

/** The frame of every page: a side bar, which on a phone becomes a bar above and one below. */
export function Shell() {
  const { account } = useSession();
  const fields = useFields();
  const looks = useMemo(() => new Map(fields.map((field) => [field.name, field])), [fields]);
  useLiveUpdates();
  useRecovery();
  return (
    <TimeZone value={account.time_zone}>
      <FieldLooks value={looks}>
        <a
          href="#main"
          className="fixed top-2 left-2 z-10 -translate-y-20 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
        >
          Skip to content
        </a>
        <div className="min-h-dvh md:grid md:grid-cols-[12rem_minmax(0,1fr)]">
          <header className="flex items-center justify-between gap-3 border-line border-b bg-surface px-4 py-2 md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:justify-start md:gap-6 md:border-r md:border-b-0 md:px-3 md:py-4">
            <Brand />
            <Shortcuts />
            <Navigation />
            <AccountBar />
          </header>
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto w-full max-w-[112rem] px-4 pt-5 pb-24 outline-none md:px-6 md:pt-6 xl:px-8 md:pb-10"
          >
            <PrintedBy account={account.name} timeZone={account.time_zone} />
            <AwayNote />
            <SectionPages />
            <Suspense fallback={<PageSkeleton />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
        <SessionEnd />
      </FieldLooks>
    </TimeZone>
  );
}

/** On paper alone: whose figures these are, and of when. */
function PrintedBy({ account, timeZone }: { account: string; timeZone: string }) {
  return (
    <p className="mb-2 hidden justify-between text-muted text-xs print:flex">
      <bdi>{account}</bdi>
      <span>{formatInstant(new Date().toISOString(), timeZone)}</span>
    </p>
  );
}
