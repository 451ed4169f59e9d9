import { AccessLimitFields, type AccessLimitFieldsProps } from './access-limits.tsx';

export type LimitsAtCreationProps = AccessLimitFieldsProps & {
  isOpen: boolean;
  onToggle(isOpen: boolean): void;
  requiresSignature: boolean;
  onRequireSignature(isRequired: boolean): void;
};

/** Out of the way of whoever needs none: most webhooks begin with a name. */
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
          The key alone opens the endpoint, unless you say more here. All of it can be changed later.
        </p>
        <AccessLimitFields {...limits} />
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={requiresSignature}
            onChange={(event) => onRequireSignature(event.target.checked)}
          />
          Require a signature (Standard Webhooks; POST only)
        </label>
      </div>
    </details>
  );
}
