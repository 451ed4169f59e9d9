import { Link } from '@tanstack/react-router';
import { MapPinOff } from 'lucide-react';
import { buttonStyle } from '../button.tsx';
import { PageHeader } from '../page-header.tsx';
import { EmptyState } from './empty-state.tsx';

export function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        icon={MapPinOff}
        title="There is no page at this address"
        action={
          <Link to="/" className={buttonStyle()}>
            Go to the overview
          </Link>
        }
      >
        Check the address, or find what you were looking for from the navigation.
      </EmptyState>
    </>
  );
}
