import { Link, type LinkProps } from '@tanstack/react-router';
import { BookOpen, ChartNoAxesCombined, type LucideIcon, Phone, ScrollText, Webhook } from 'lucide-react';

type Item = { to: NonNullable<LinkProps['to']>; name: string; icon: LucideIcon };

const items: Item[] = [
  { to: '/overview', name: 'Overview', icon: ChartNoAxesCombined },
  { to: '/calls', name: 'Calls', icon: Phone },
  { to: '/postbacks', name: 'Postbacks', icon: ScrollText },
  { to: '/webhooks', name: 'Webhooks', icon: Webhook },
];

const itemStyle =
  'flex flex-col items-center gap-0.5 rounded-md px-2 py-1.5 text-muted text-xs hover:bg-raised hover:text-ink md:flex-row md:gap-2.5 md:text-sm';
const activeStyle = 'bg-accent-soft font-medium text-accent! hover:bg-accent-soft';

/** At the side; on a phone at the bottom, within reach of a thumb. */
export function Navigation() {
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-10 border-line border-t bg-surface px-2 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] md:static md:flex-1 md:overflow-y-auto md:border-0 md:p-0"
    >
      <ul className="grid grid-cols-5 gap-1 md:flex md:flex-col md:gap-0.5">
        {items.map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className={itemStyle} activeProps={{ className: activeStyle }}>
              <Icon aria-hidden className="size-5 md:size-4" />
              {name}
            </Link>
            {to === '/webhooks' && <WebhookItems />}
          </li>
        ))}
        <li>
          <a href="/docs" className={itemStyle}>
            <BookOpen aria-hidden className="size-5 md:size-4" />
            Docs
          </a>
        </li>
      </ul>
    </nav>
  );
}

function WebhookItems() {
  return (
    <ul className="mt-0.5 ml-4.5 hidden border-line border-l pl-2 md:block">
      <li>
        <Link
          to="/webhooks/incoming"
          className="block rounded-md px-2 py-1 text-muted text-sm hover:bg-raised hover:text-ink"
          activeProps={{ className: 'font-medium text-accent!' }}
        >
          Incoming
        </Link>
      </li>
    </ul>
  );
}
