/** How each sender's requests were answered. */
export class Tally {
  /** by sender, then by outcome such as `applied` or `duplicate` */
  readonly outcomes = new Map<string, Map<string, number>>();
  readonly rejections = new Map<string, { count: number; status: number; detail: string }>();

  add(sender: string, outcome: string): void {
    const counts = this.outcomes.get(sender) ?? new Map<string, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    this.outcomes.set(sender, counts);
  }

  addRejection(sender: string, status: number, code: string, detail: string): void {
    this.add(sender, 'rejected');
    const count = (this.rejections.get(code)?.count ?? 0) + 1;
    this.rejections.set(code, { count, status, detail });
  }
}
