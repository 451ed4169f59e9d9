import type { LucideIcon } from 'lucide-react';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps } from 'react';

export type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  look?: keyof typeof looks;
  size?: keyof typeof sizes;
  icon?: LucideIcon;
  /** at work: cannot be pressed again, and says so */
  isBusy?: boolean;
};

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  secondary: 'border border-line-strong/50 bg-surface text-ink hover:bg-raised',
  quiet: 'text-muted hover:bg-raised hover:text-ink',
  danger: 'bg-danger text-on-danger hover:opacity-90',
};

/** `row`: within a row of a table, which it does not make higher */
const sizes = {
  normal: 'h-9 px-3.5 text-sm',
  small: 'h-7.5 px-2.5 text-sm',
  row: '-my-1 h-6.5 px-2 text-xs',
};

/** The look of a button, for links that act like one. */
export function buttonStyle(look: keyof typeof looks = 'secondary', size: keyof typeof sizes = 'normal') {
  return `inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:opacity-55 ${looks[look]} ${sizes[size]}`;
}

export function Button({
  look,
  size,
  icon: Icon,
  isBusy = false,
  disabled,
  children,
  ...props
}: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
      className={buttonStyle(look, size)}
    >
      {isBusy ? (
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
      ) : (
        Icon && <Icon aria-hidden className="size-4" />
      )}
      {children}
    </button>
  );
}
