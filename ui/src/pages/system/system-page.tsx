import { PageHeader } from '../../components/page-header.tsx';
import { Activity } from './activity.tsx';

/** Figures of the system: how much comes in, what waits, and how long a commit takes. */
export function SystemPage() {
  return (
    <>
      <PageHeader
        title="System"
        description="Current load, queued postbacks, and how fast they are stored."
      />
      <Activity />
    </>
  );
}
