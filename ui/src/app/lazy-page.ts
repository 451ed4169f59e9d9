import { lazyRouteComponent } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { basePath } from '../api/base-path.ts';
import { serverUnreachable } from '../api/request.ts';

/** A page whose file is fetched when it is first opened. */
export function lazyPage<Name extends string, Page extends Record<Name, () => ReactNode>>(
  load: () => Promise<Page>,
  name: Name,
) {
  return lazyRouteComponent(() => load().catch(explainMissing), name);
}

/** Where the server answers, it is a newer one with other files: the router loads the whole UI again for that. */
async function explainMissing(error: unknown): Promise<never> {
  const isThere = await fetch(`${basePath}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  throw isThere ? error : serverUnreachable();
}
