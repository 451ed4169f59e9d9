import { createContext, type ReactNode, use, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** An error that says which fields it is about, by their names in the API. */
type FieldFault = { field: string | null; detail: string };
type Rejection = Error & { faults?: readonly FieldFault[] };

type Claims = {
  faults: readonly FieldFault[];
  /** fields that show their faults themselves */
  claimed: readonly string[];
  /** @returns what ends the claim */
  claim(field: string): () => void;
};

const Faults = createContext<Claims>({ faults: [], claimed: [], claim: () => () => {} });

export type FormProps = {
  /** of the request that the form sent last: what it says of a field is shown there, the rest in a `FailureNote` */
  error: Error | null;
  className?: string;
  onSubmit(): void;
  children: ReactNode;
};

/**
 * A form whose fields show what the server says of them. The first wrong one gets the focus. Nothing is sent while a field has
 * text that it cannot read (`data-unreadable`): what it had before would be sent in its place.
 */
export function Form({ error, className, onSubmit, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [claimed, setClaimed] = useState<readonly string[]>([]);
  const [tries, setTries] = useState(0);
  const [claim] = useState(() => (field: string) => {
    setClaimed((fields) => [...fields, field]);
    return () => setClaimed((fields) => fields.toSpliced(fields.indexOf(field), 1));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try and each answer to one, and nothing else
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries, error]);
  return (
    <form
      ref={form}
      noValidate
      {...(className !== undefined && { className })}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation(); // a dialog of a form is within it for React
        setTries(tries + 1);
        if (event.currentTarget.querySelector('[data-unreadable]') === null) onSubmit();
      }}
    >
      <Faults value={{ faults: (error as Rejection | null)?.faults ?? [], claimed, claim }}>
        {children}
      </Faults>
    </form>
  );
}

/** What the server says of a field, which from then on shows it. @param field its name in the API */
export function useFault(field: string | undefined): string | undefined {
  const { faults, claim } = use(Faults);
  useLayoutEffect(() => (field === undefined ? undefined : claim(field)), [claim, field]);
  return field === undefined ? undefined : faults.find((fault) => isAbout(fault, field))?.detail;
}

/** What no field of the form shows; null where all is shown. */
export function useUnshown(error: Error | null): string | null {
  const { faults, claimed } = use(Faults);
  if (error === null) return null;
  const isOfForm = faults.length > 0 && faults === (error as Rejection).faults;
  if (!isOfForm) return error.message;
  const rest = faults.filter((fault) => !claimed.some((field) => isAbout(fault, field)));
  if (rest.length === faults.length) return error.message;
  return rest.length === 0 ? null : rest.map(({ detail }) => detail).join(' ');
}

/** `headers.Authorization` is about `headers`, `allowed_addresses[0]` about `allowed_addresses`. */
function isAbout({ field }: FieldFault, name: string): boolean {
  return (
    field !== null && (field === name || (field.startsWith(name) && /^[.[\d]/.test(field.slice(name.length))))
  );
}

/** What is wrong with several controls that are one field. */
export function FieldsetError({ field, error }: { field?: string; error?: string | undefined }) {
  const fault = useFault(field);
  const detail = error ?? fault;
  if (detail === undefined) return null;
  return (
    <p role="alert" className="mt-1 text-danger text-sm">
      {detail}
    </p>
  );
}
