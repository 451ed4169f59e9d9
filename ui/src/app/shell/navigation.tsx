import { Link, type LinkProps, useLocation } from '@tanstack/react-router';
import {
  BookOpen,
  ChartNoAxesCombined,
  FileSpreadsheet,
  KeyRound,
  type LucideIcon,
  Phone,
  ScrollText,
  Webhook,
} from 'lucide-react';
import { basePath } from '../../api/base-path.ts';
import { type Permission, useSession } from '../../api/session.ts';

type Item = {
  to: NonNullable<LinkProps['to']>;
  name: string;
  icon: LucideIcon;
  /** left out: everybody may */
  permission?: Permission;
};

const items: Item[] = [
  { to: '/overview', name: 'Overview', icon: ChartNoAxesCombined },
  { to: '/calls', name: 'Calls', icon: Phone },
  { to: '/postbacks', name: 'Postbacks', icon: ScrollText },
  { to: '/webhooks', name: 'Webhooks', icon: Webhook },
  { to: '/files', name: 'Files', icon: FileSpreadsheet },
  { to: '/access', name: 'Access', icon: KeyRound, permission: 'manage_tokens' },
];

const itemStyle =
  'flex flex-col items-center gap-0.5 rounded-md px-0.5 py-1.5 text-[0.6875rem] text-muted hover:bg-raised hover:text-ink md:flex-row md:gap-2.5 md:px-2 md:text-sm';
const activeStyle = 'bg-accent-soft font-medium text-accent! hover:bg-accent-soft';

/** At the side; on a phone at the bottom, within reach of a thumb. */
export function Navigation() {
  const { permissions } = useSession();
  const shown = itemsFor(permissions);
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-10 border-line border-t bg-surface px-2 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] md:static md:flex-1 md:overflow-y-auto md:border-0 md:p-0"
    >
      <ul className="grid auto-cols-fr grid-flow-col gap-1 md:flex md:flex-col md:gap-0.5">
        {shown.map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className={itemStyle} activeProps={{ className: activeStyle }}>
              <Icon aria-hidden className="size-5 md:size-4" />
              {name}
            </Link>
            <SubItems items={subItemsOf[to] ?? []} />
          </li>
        ))}
        <li>
          <a href={`${basePath}/docs`} className={itemStyle}>
            <BookOpen aria-hidden className="size-5 md:size-4" />
            Docs
          </a>
        </li>
      </ul>
    </nav>
  );
}

type SubItem = Pick<Item, 'to' | 'name'>;

const subItemsOf: Partial<Record<string, SubItem[]>> = {
  '/overview': [{ to: '/system', name: 'System' }],
  '/postbacks': [{ to: '/postbacks/inbox', name: 'Inbox' }],
  '/webhooks': [
    { to: '/webhooks/incoming', name: 'Incoming' },
    { to: '/webhooks/outgoing', name: 'Outgoing' },
  ],
  '/files': [
    { to: '/files/import', name: 'Import' },
    { to: '/files/reconcile', name: 'Reconcile' },
    { to: '/files/payouts', name: 'Payouts' },
  ],
  '/access': [
    { to: '/access/people', name: 'People' },
    { to: '/access/tokens', name: 'Tokens' },
    { to: '/access/sessions', name: 'Sessions' },
    { to: '/access/audit', name: 'Audit log' },
    { to: '/access/account', name: 'Account' },
  ],
};

/** The pages of the section that is open, on a phone: beside the content the navigation shows them. */
export function SectionPages() {
  const { pathname } = useLocation();
  const section = items.find(({ to }) => pathname.startsWith(to) || isPageOf(to, pathname));
  const pages = section === undefined ? [] : (subItemsOf[section.to] ?? []);
  if (section === undefined || pages.length === 0) return null;
  const isOwnPage = section.to === '/overview' || section.to === '/postbacks';
  const shown = isOwnPage ? [{ to: section.to, name: section.name }, ...pages] : pages;
  return (
    <nav
      aria-label={section.name}
      className="-mx-4 -mt-5 mb-4 overflow-x-auto border-line border-b px-4 md:hidden print:hidden"
    >
      <ul className="flex gap-1">
        {shown.map(({ to, name }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: true, includeSearch: false }}
              className="-mb-px block whitespace-nowrap border-transparent border-b-2 px-3 py-2 font-medium text-muted text-sm"
              activeProps={{ className: 'border-accent! text-accent!' }}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isPageOf(section: string, pathname: string): boolean {
  return (subItemsOf[section] ?? []).some(({ to }) => pathname.startsWith(to));
}

/** Every page that a person may open, for the command palette. */
export function listPages(permissions: readonly Permission[]): SubItem[] {
  return itemsFor(permissions).flatMap(({ to, name }) => [
    { to, name },
    ...(subItemsOf[to] ?? []).map((page) => ({ to: page.to, name: `${name}: ${page.name}` })),
  ]);
}

function itemsFor(permissions: readonly Permission[]): Item[] {
  return items.filter(({ permission }) => permission === undefined || permissions.includes(permission));
}

function SubItems({ items: subItems }: { items: SubItem[] }) {
  if (subItems.length === 0) return null;
  return (
    <ul className="mt-0.5 ml-4.5 hidden border-line border-l pl-2 md:block">
      {subItems.map(({ to, name }) => (
        <li key={to}>
          <Link
            to={to}
            className="block rounded-md px-2 py-1 text-muted text-sm hover:bg-raised hover:text-ink"
            activeProps={{ className: 'font-medium text-accent!' }}
          >
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
