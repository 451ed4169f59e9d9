import { Link } from '@tanstack/react-router';

const style = 'rounded-md px-3 py-1.5 font-medium text-muted text-sm hover:bg-raised hover:text-ink';
const activeStyle = 'bg-accent-soft text-accent! hover:bg-accent-soft';

/** From one page of access to the others on a phone, where the navigation shows no more than the first. */
export function AccessLinks() {
  return (
    <nav aria-label="Access" className="flex gap-1 md:hidden">
      <Link to="/access/tokens" className={style} activeProps={{ className: activeStyle }}>
        Tokens
      </Link>
      <Link to="/access/audit" className={style} activeProps={{ className: activeStyle }}>
        Audit log
      </Link>
      <Link to="/access/account" className={style} activeProps={{ className: activeStyle }}>
        Account
      </Link>
    </nav>
  );
}
