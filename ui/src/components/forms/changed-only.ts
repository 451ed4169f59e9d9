/** The settings that differ from those that a form began with: others may have changed the rest since. */
export function changedOnly<Settings extends object>(now: Settings, before: Settings): Partial<Settings> {
  const names = Object.keys(now) as (keyof Settings)[]; // Object.keys widens to string
  const changed = names.filter((name) => JSON.stringify(now[name]) !== JSON.stringify(before[name]));
  return Object.fromEntries(changed.map((name) => [name, now[name]])) as Partial<Settings>; // and forgets the names
}
