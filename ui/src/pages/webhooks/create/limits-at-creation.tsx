import { AccessLimitFields, type AccessLimitFieldsProps } from '../settings/access-limits.tsx';

export type LimitsAtCreationProps = AccessLimitFieldsProps & {
  isOpen: boolean;
  onToggle(isOpen: boolean): void;
  requiresSignature: boolean;
  /** null: the platform decides how requests are signed */
  onRequireSignature: ((isRequired: boolean) => void) | null;
};

/** Folded: most webhooks need no limits. */
export function LimitsAtCreation(props: LimitsAtCreationProps) {
  const { isOpen, onToggle, requiresSignature, onRequireSignature, ...limits } = props;
  return (
    <details
      className="rounded-md border border-line px-3 py-2.5"
      open={isOpen}
      onToggle={(event) => onToggle(event.currentTarget.open)}
    >
      <summary className="cursor-pointer font-medium text-sm">Access limits</summary>
      <div className="mt-3 space-y-5">
        <p className="text-muted text-sm">
          The key is enough to send, unless you set limits here. You can change them later.
        </p>
        <AccessLimitFields {...limits} />
        {onRequireSignature !== null && (
          <label className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={requiresSignature}
              onChange={(event) => onRequireSignature(event.target.checked)}
            />
            Require a signature (Standard Webhooks; POST only)
          </label>
        )}
      </div>
    </details>
  );
}
