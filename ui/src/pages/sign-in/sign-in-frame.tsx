import type { ReactNode } from 'react';
import { basePath } from '../../api/base-path.ts';

/** The card in the middle of the window in which people sign in. */
export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid min-h-dvh place-items-center p-4">
      <title>Sign in · Ringback</title>
      <div className="w-full max-w-sm rounded-lg border border-line bg-surface p-7 shadow-sm">
        <img src={`${basePath}/favicon.svg`} alt="" width="40" height="40" />
        <h1 className="mt-4 font-semibold text-xl tracking-tight">{title}</h1>
        {children}
      </div>
    </div>
  );
}
