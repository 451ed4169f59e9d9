import { useState } from 'react';
import { TextAreaField } from '../../components/field.tsx';
import type { MappingJson } from './rows/rows.ts';

/** The mapping as its JSON. What can be parsed is read at once; the server tells what is wrong with it. */
export function MappingText({
  mapping,
  onChange,
}: {
  mapping: MappingJson;
  onChange(mapping: MappingJson): void;
}) {
  const [text, setText] = useState(() => JSON.stringify(mapping, null, 2));
  const parsed = parse(text);
  return (
    <div className="font-mono">
      <TextAreaField
        label="Mapping as JSON"
        value={text}
        rows={22}
        onChange={(next) => {
          setText(next);
          const read = parse(next);
          if (typeof read !== 'string') onChange(read);
        }}
        error={typeof parsed === 'string' ? parsed : undefined}
        hint="Documented in docs/mapping.md"
      />
    </div>
  );
}

/** @returns what is wrong, if it is no JSON of a mapping */
function parse(text: string): MappingJson | string {
  try {
    const json: unknown = JSON.parse(text);
    const mapping = isObject(json) ? { fields: {}, ...json } : null; // "each" or "only_when" may be alone
    return mapping !== null && isObject(mapping.fields)
      ? mapping // the server checks the rest
      : 'Write an object with "fields", such as {"fields":{}}.';
  } catch (error) {
    return `This is not valid JSON. ${error instanceof Error ? error.message : ''}`;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
