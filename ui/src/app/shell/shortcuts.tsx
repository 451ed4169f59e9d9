import { Search } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Dialog } from '../../components/dialogs/dialog.tsx';
import { useAction } from '../../components/menus/actions.ts';
import { isSomethingOpen, isTyping, pressKey, pressKeyInSearch } from './row-keys.ts';

const importPalette = () => import('./palette.tsx');
const Palette = lazy(async () => ({ default: (await importPalette()).Palette }));
/** By then the page is there. The palette must open at once: what one types before is lost. */
const palettePreloadMs = 2_000;

/** What the keyboard does on every page, and the button that opens the command palette. */
export function Shortcuts() {
  const [opened, setOpened] = useState<'palette' | 'help' | null>(null);
  /** what was typed while the palette was on its way; null: it is not */
  const typedAhead = useRef<string | null>(null);
  const close = () => {
    typedAhead.current = null;
    setOpened(null);
  };
  const openPalette = () => {
    typedAhead.current = '';
    setOpened('palette');
  };
  useAction('Keyboard shortcuts', () => setOpened('help'));
  useEffect(() => {
    const timer = window.setTimeout(() => importPalette().catch(() => {}), palettePreloadMs); // it is asked for again when it opens
    return () => window.clearTimeout(timer);
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isSomethingOpen()) return;
      if (typedAhead.current !== null && event.key.length === 1 && !event.metaKey && !event.ctrlKey) {
        typedAhead.current += event.key;
        event.preventDefault();
        return;
      }
      const isCommand = (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
      if (isCommand && event.key.toLowerCase() === 'k') {
        typedAhead.current = '';
        setOpened('palette');
      } else if (event.metaKey || event.ctrlKey || event.altKey) return;
      else if (isTyping(event.target)) {
        if (!pressKeyInSearch(event.key, event.target)) return;
      } else if (event.key === '?') setOpened('help');
      else if (!pressKey(event.key)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <button
        type="button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={openPalette}
        className="flex h-8 items-center gap-2 rounded-md border border-line px-2 text-muted text-sm hover:bg-raised hover:text-ink max-md:ml-auto"
      >
        <Search aria-hidden className="size-4" />
        <span className="max-md:sr-only">Go to…</span>
        <kbd aria-hidden className="ml-auto font-sans text-xs max-md:hidden">
          {commandKey} K
        </kbd>
      </button>
      {opened === 'palette' && (
        <Suspense>
          <Palette typedAhead={typedAhead} onClose={close} />
        </Suspense>
      )}
      <Dialog title="Keyboard shortcuts" isOpen={opened === 'help'} onClose={close}>
        <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-5 gap-y-2 text-sm">
          {shortcuts.map(([keys, does]) => (
            <div key={does} className="col-span-2 grid grid-cols-subgrid">
              <dt className="flex items-start gap-1">
                {keys.map((key) => (
                  <kbd
                    key={key}
                    className="min-w-6 rounded-sm border border-line bg-raised px-1.5 py-0.5 text-center font-sans text-xs"
                  >
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  );
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const commandKey = isApple ? '⌘' : 'Ctrl';
const shortcuts: [string[], string][] = [
  [[commandKey, 'K'], 'Go to a page, a call or a saved view, or do something'],
  [['/'], 'Search this list; Enter goes on to its rows'],
  [['j'], 'Next row'],
  [['k'], 'Row before'],
  [['Enter'], 'Open the row'],
  [['x'], 'Select the row'],
  [['Esc'], 'Close what is open, or clear the selection'],
  [['?'], 'These shortcuts'],
];
