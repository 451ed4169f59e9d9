/** The columns of the settings that are given, with their values; a setting that is left out has none. */
export function givenColumns<Name extends string>(
  columnOf: Readonly<Record<Name, string>>,
  settings: Readonly<Partial<Record<Name, unknown>>>,
): { columns: string[]; values: unknown[] } {
  const names = Object.keys(columnOf) as Name[]; // Object.keys widens to string
  const given = names.filter((name) => settings[name] !== undefined);
  return { columns: given.map((name) => columnOf[name]), values: given.map((name) => settings[name]) };
}
