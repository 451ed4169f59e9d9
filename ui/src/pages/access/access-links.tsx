import { Link } from '@tanstack/react-router';

const style = 'rounded-md px-3 py-1.5 font-medium text-muted text-sm hover:bg-raised hover:text-ink';
const activeStyle = 'bg-accent-soft text-accent! hover:bg-accent-soft';

const pages = [
  { to: '/access/people', name: 'People' },
  { to: '/access/tokens', name: 'Tokens' },
  { to: '/access/sessions', name: 'Sessions' },
  { to: '/access/audit', name: 'Audit log' },
  { to: '/access/account', name: 'Account' },
] as const;

/** From one page of access to the others on a phone, where the navigation shows no more than the first. */
export function AccessLinks() {
  return (
    <nav aria-label="Access" className="flex flex-wrap gap-1 md:hidden">
      {pages.map(({ to, name }) => (
        <Link key={to} to={to} className={style} activeProps={{ className: activeStyle }}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
