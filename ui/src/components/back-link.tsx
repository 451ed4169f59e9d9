import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';

/** Above a title: the list that the page is from. */
export function BackLink({ children, ...target }: LinkProps & { children: ReactNode }) {
  return (
    <Link {...target} className="inline-flex max-w-full items-center gap-1 hover:text-ink">
      <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
      <bdi className="truncate">{children}</bdi>
    </Link>
  );
}
