import { Field } from '@base-ui/react/field';
import { CalendarDays } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { controlStyle, FieldFrame, type FieldProps } from '../field.tsx';
import { parseDateText, writeDateText } from './date-text.ts';

export type DateFieldProps = Omit<FieldProps, 'children'> & {
  /** `2026-11-27`, with a time `2026-11-27T09:05:31`, or empty */
  value: string;
  hasTime?: boolean;
  isSmall?: boolean;
  onChange(value: string): void;
};

/**
 * A day, or a day with a time, written as on all pages and in the account's time zone; the browser's own field would write
 * it by the browser's language. Its calendar opens with a button.
 */
export function DateField({
  value,
  hasTime = false,
  isSmall = false,
  onChange,
  error,
  ...frame
}: DateFieldProps) {
  const [text, setText] = useState(() => writeDateText(value));
  const [isLeft, setLeft] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const parsed = parseDateText(text, hasTime);
  useEffect(() => {
    setText((typed) => (parseDateText(typed, hasTime) === value ? typed : writeDateText(value)));
  }, [value, hasTime]);
  const type = (next: string) => {
    setText(next);
    setLeft(false);
    const read = parseDateText(next, hasTime);
    if (read !== null && read !== value) onChange(read);
  };
  const example = hasTime ? '2026-11-27 09:05' : '2026-11-27';
  return (
    <FieldFrame {...frame} error={isLeft && parsed === null ? `Write it as ${example}.` : error}>
      <div className="relative">
        <Field.Control
          render={<input type="text" inputMode="numeric" autoComplete="off" spellCheck={false} />}
          value={text}
          placeholder={hasTime ? 'YYYY-MM-DD HH:MM' : 'YYYY-MM-DD'}
          onValueChange={type}
          onBlur={() => setLeft(true)}
          onKeyDown={({ key }) => key === 'Enter' && setLeft(true)}
          data-unreadable={parsed === null || undefined}
          className={`${controlStyle} ${isSmall ? 'h-7.5' : 'h-9'} pr-9 tabular-nums`}
        />
        <input
          ref={picker}
          type={hasTime ? 'datetime-local' : 'date'}
          {...(hasTime && { step: 1 })}
          value={parsed ?? ''}
          onChange={({ target }) => type(writeDateText(target.value))}
          tabIndex={-1}
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-0 w-8 opacity-0"
        />
        <button
          type="button"
          aria-label="Open the calendar"
          className="absolute inset-y-0 right-0 flex w-8 items-center justify-center rounded-md text-muted hover:text-ink"
          onClick={() => picker.current?.showPicker()}
        >
          <CalendarDays aria-hidden className="size-4" />
        </button>
      </div>
    </FieldFrame>
  );
}
