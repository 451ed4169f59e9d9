import { useSyncExternalStore } from 'react';

export const themes = ['light', 'dark', 'system'] as const;
export type Theme = (typeof themes)[number];

/** The same name is in public/theme.js, which runs before the first paint. */
const storageName = 'ringback.theme';
const listeners = new Set<() => void>();

export function useTheme(): Theme {
  return useSyncExternalStore(listen, readTheme);
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(storageName);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(storageName, theme);
    document.documentElement.dataset['theme'] = theme;
  }
  for (const tell of listeners) tell();
}

function readTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
