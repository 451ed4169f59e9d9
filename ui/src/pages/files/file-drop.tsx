import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';

export type FileDropProps = { what: string; onFile(file: File): void };

/** Takes a file by a click or a drop. */
export function FileDrop({ what, onFile }: FileDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) onFile(file);
  };
  return (
    <section
      aria-label="File"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
      className={`rounded-lg border border-dashed px-6 py-12 text-center ${isOver ? 'border-accent bg-accent-soft' : 'border-line-strong/50 bg-surface'}`}
    >
      <FileUp aria-hidden className="mx-auto size-8 text-muted" />
      <p className="mt-3 font-semibold">{what}</p>
      <p className="mx-auto mt-1 max-w-prose text-muted text-sm">
        CSV or NDJSON, saved as UTF-8. Drop it here, or choose it. Nothing is changed before you confirm.
      </p>
      <input
        ref={input}
        type="file"
        aria-label="Choose a file"
        accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = '';
        }}
      />
      <div className="mt-5 flex justify-center">
        <Button look="primary" onClick={() => input.current?.click()}>
          Choose a file
        </Button>
      </div>
    </section>
  );
}

/** The file that is being worked on, and the way to another one. */
export function FileName({ file, onClose }: { file: File; onClose(): void }) {
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-2 rounded-lg border border-line bg-surface px-4 py-2.5 print:hidden">
      <p className="min-w-0 text-sm">
        <bdi className="break-words font-medium">{file.name}</bdi>{' '}
        <span className="text-muted">{sizeOf(file.size)}</span>
      </p>
      <Button size="small" onClick={onClose}>
        Another file
      </Button>
    </div>
  );
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
