import { SelectField } from '../../../components/field.tsx';
import { isRole, type Role, roleChoices, roleWords } from './role-words.ts';

export function RoleField({ value, onChange }: { value: Role; onChange(role: Role): void }) {
  return (
    <SelectField
      label="Role"
      value={value}
      choices={roleChoices}
      onChange={(text) => {
        if (isRole(text)) onChange(text);
      }}
      hint={roleWords[value]}
    />
  );
}
