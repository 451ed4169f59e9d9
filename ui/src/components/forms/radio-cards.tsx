import { useId } from 'react';

export type RadioCardsProps<Value extends string> = {
  label: string;
  name: string;
  value: Value;
  choices: readonly { value: Value; name: string; description: string }[];
  onChange(value: Value): void;
};

/** A choice among few, each with a line that explains it. */
export function RadioCards<Value extends string>(props: RadioCardsProps<Value>) {
  const { label, name, value, choices, onChange } = props;
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      <div className="grid gap-2">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="flex items-start gap-3 rounded-md border border-line px-3 py-2 hover:bg-raised has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              aria-labelledby={`${id}-${choice.value}-name`}
              aria-describedby={`${id}-${choice.value}-description`}
              className="mt-1 outline-none"
            />
            <span>
              <span id={`${id}-${choice.value}-name`} className="block font-medium text-sm">
                {choice.name}
              </span>
              <span id={`${id}-${choice.value}-description`} className="block text-muted text-sm">
                {choice.description}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
