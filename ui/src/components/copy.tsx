import { Check, Copy } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { controlStyle } from './field.tsx';

/** How long a button says that it copied. */
const saidMs = 2_000;

/** Copies, and says so. `what` tells readers which of several it is. */
export function CopyButton({ text, what, label = 'Copy' }: { text: string; what: string; label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<number>(undefined);
  const copy = async () => {
    const isCopied = await writeClipboard(text);
    setState(isCopied ? 'copied' : 'failed');
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setState('idle'), saidMs);
  };
  const word = state === 'copied' ? 'Copied' : state === 'failed' ? 'Select it' : label;
  return (
    <>
      <Button
        size="small"
        icon={state === 'copied' ? Check : Copy}
        onClick={copy}
        aria-label={`${word} ${what}`}
      >
        {word}
      </Button>
      <span role="status" className="sr-only">
        {state === 'copied' ? `${what} copied` : state === 'failed' ? 'Copying failed: select the text' : ''}
      </span>
    </>
  );
}

/** A value to take along, with its Copy button. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium text-sm">
        {label}
      </label>
      <div className="flex items-center gap-2">
        <input
          id={id}
          readOnly
          value={text}
          onFocus={(event) => event.target.select()}
          className={`${controlStyle} h-9 bg-raised font-mono text-xs`}
        />
        <CopyButton text={text} what={label} />
      </div>
    </div>
  );
}

/** `isWrapped`: long lines are broken, where a line’s end means nothing */
export type CodeProps = { label: string; text: string; isWrapped?: boolean };

/** Several lines to take along. */
export function CopyBlock({ label, text, isWrapped = false }: CodeProps) {
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex items-center justify-between gap-2">
        <span className="font-medium text-sm">{label}</span>
        <CopyButton text={text} what={label} />
      </figcaption>
      <CodeBlock label={label} text={text} isWrapped={isWrapped} />
    </figure>
  );
}

/** Text as it was sent or is to be run; long lines scroll, by keyboard too. */
export function CodeBlock({ label, text, isWrapped = false }: CodeProps) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md border border-line bg-raised"
    >
      <pre
        className={`p-3 font-mono text-xs leading-relaxed ${isWrapped ? 'whitespace-pre-wrap break-all' : 'w-fit'}`}
      >
        {text}
      </pre>
    </section>
  );
}

/** Pages that came by plain http from another machine have no clipboard of the browser's: the old way works there. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // rejected: try the other way
  }
  const area = document.createElement('textarea');
  area.value = text;
  const host = document.activeElement?.closest('[role=dialog]') ?? document.body; // a dialog keeps the focus within
  host.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}
