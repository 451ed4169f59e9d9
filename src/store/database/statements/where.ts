/** A WHERE clause that grows by conditions; values travel as parameters only. */
export class Where {
  readonly values: unknown[];
  readonly #conditions: string[] = [];

  /**
   * @param accountColumn every query is of one account
   * @param values where one statement has several clauses, the parameters that they share
   */
  constructor(accountColumn: string, accountId: string, values: unknown[] = []) {
    this.values = values;
    this.equal(accountColumn, accountId);
  }

  get text(): string {
    return this.#conditions.join(' and ');
  }

  add(condition: Condition): void {
    this.#conditions.push(condition((value) => `$${this.values.push(value)}`));
  }

  /** Adds `column = value`, unless the value is undefined. */
  equal(column: string, value: unknown): void {
    if (value !== undefined) this.add((parameter) => `${column} = ${parameter(value)}`);
  }
}

/** Makes SQL, given a function that turns a value into its parameter. */
export type Condition = (parameter: (value: unknown) => string) => string;
