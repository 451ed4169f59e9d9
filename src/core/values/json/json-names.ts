/** Names that an object of a JSON text has twice. The parser keeps the last value and tells of none. */

/** An object has a name twice, with different values: which one counts is not said. */
export class RepeatedName extends SyntaxError {
  readonly member: string;

  constructor(member: string) {
    super(`"${member.slice(0, 100)}" is there twice, with different values`);
    this.member = member;
  }
}

const quotationMark = 0x22;
const space = 0x20;

/** At least as many as the text has names; more where a text in it has a colon after a space or a quotation mark. */
export function countNames(json: string): number {
  let count = 0;
  for (let at = json.indexOf(':'); at !== -1; at = json.indexOf(':', at + 1)) {
    const before = json.charCodeAt(at - 1);
    if (before === quotationMark || before <= space) count += 1;
  }
  return count;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

type Level = { values: Map<string, string> | null; name: string; valueAt: number };

/** @param json valid JSON text */
export function findRepeatedName(json: string): string | null {
  const levels: Level[] = [];
  let last = '';
  for (const { 0: found, index } of json.matchAll(token)) {
    const level = levels.at(-1);
    if (found === '{' || found === '[') {
      levels.push({ values: found === '{' ? new Map() : null, name: '', valueAt: 0 });
    } else if (found === ':' && level !== undefined) {
      level.name = JSON.parse(last);
      level.valueAt = index + 1;
    } else if (level !== undefined && (found === ',' || found === '}' || found === ']')) {
      const { values, name, valueAt } = level;
      const value = json.slice(valueAt, index).trim();
      if (values !== null && valueAt > 0) {
        if ((values.get(name) ?? value) !== value) return name;
        values.set(name, value);
      }
      level.valueAt = 0;
      if (found !== ',') levels.pop();
    }
    last = found;
  }
  return null;
}
