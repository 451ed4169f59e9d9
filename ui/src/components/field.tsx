import { Field } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { useFault } from './forms/form.tsx';

export type FieldProps = {
  label: ReactNode;
  /** what it is for, below it */
  hint?: ReactNode;
  /** what is wrong with the value */
  error?: string | undefined;
  /** its name in the API: what the server says of it is shown here */
  field?: string;
  /** the label is read out, not shown */
  isLabelHidden?: boolean;
  children: ReactNode;
};

export const controlStyle =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ink text-sm outline-offset-0 disabled:opacity-60 aria-invalid:border-danger';

/** Ties a label, a hint and an error to the one control within. */
export function FieldFrame({ label, hint, error: ownError, field, isLabelHidden, children }: FieldProps) {
  const fault = useFault(field);
  const error = ownError ?? fault;
  return (
    <Field.Root invalid={error !== undefined} className="min-w-0">
      <Field.Label className={isLabelHidden ? 'sr-only' : 'mb-1 block font-medium text-sm'}>
        {label}
      </Field.Label>
      {children}
      {hint !== undefined && (
        <Field.Description className="mt-1 text-muted text-xs">{hint}</Field.Description>
      )}
      {error !== undefined && (
        <Field.Error match className="mt-1 text-danger text-sm">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}

export type TextFieldProps = Omit<FieldProps, 'children'> &
  Omit<ComponentProps<'input'>, 'onChange' | 'className' | 'children'> & {
    value: string;
    onChange(value: string): void;
    isMono?: boolean;
    /** as high as a small button beside it */
    isSmall?: boolean;
  };

export function TextField(props: TextFieldProps) {
  const { label, hint, error, field, isLabelHidden, value, onChange, isMono, isSmall, ...input } = props;
  const frame = { label, hint, error, ...(field && { field }), ...(isLabelHidden && { isLabelHidden }) };
  return (
    <FieldFrame {...frame}>
      <Field.Control
        {...input}
        render={<input dir="auto" />}
        value={value}
        onValueChange={onChange}
        className={`${controlStyle} ${isSmall ? 'h-7.5' : 'h-9'} ${isMono ? 'font-mono' : ''}`}
      />
    </FieldFrame>
  );
}

export type TextAreaFieldProps = Omit<FieldProps, 'children'> & {
  value: string;
  onChange(value: string): void;
  rows?: number;
  maxLength?: number;
};

export function TextAreaField({ value, onChange, rows = 3, maxLength, ...frame }: TextAreaFieldProps) {
  return (
    <FieldFrame {...frame}>
      <Field.Control
        render={<textarea dir="auto" rows={rows} maxLength={maxLength} />}
        value={value}
        onValueChange={onChange}
        className={`${controlStyle} py-1.5`}
      />
    </FieldFrame>
  );
}

export type Choice = { value: string; label: string };

export type SelectFieldProps = Omit<FieldProps, 'children'> & {
  value: string;
  choices: readonly Choice[];
  onChange(value: string): void;
  onKeyDown?: ComponentProps<'select'>['onKeyDown'];
};

/** The browser's own select: every phone and every reader knows it. */
export function SelectField({ value, choices, onChange, onKeyDown, ...frame }: SelectFieldProps) {
  return (
    <FieldFrame {...frame}>
      <Field.Control
        render={
          <select onKeyDown={onKeyDown}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </select>
        }
        value={value}
        onValueChange={onChange}
        className={`${controlStyle} h-9 pr-7`}
      />
    </FieldFrame>
  );
}
