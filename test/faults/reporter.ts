/** One line for each test, with what it says of itself; and whatever failed, in full. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const marks: Record<string, string> = { passed: '✓', failed: '✗', skipped: '–' };

export default class FaultReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    const note = test.meta().summary ?? (state === 'skipped' ? skipNote(test) : '');
    const seconds = Math.round((test.diagnostic()?.duration ?? 0) / 1_000);
    process.stdout.write(`${marks[state]} ${test.fullName}: ${note} (${seconds} s)\n`);
    for (const { stack, message } of errors ?? []) process.stdout.write(`${stack ?? message}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { message: string }[]): void {
    const failed = modules.flatMap((module) => module.errors());
    for (const { message } of [...failed, ...errors]) process.stdout.write(`✗ ${message}\n`);
  }
}

function skipNote(test: TestCase): string {
  const result = test.result();
  return `skipped: ${('note' in result && result.note) || 'not here'}`;
}
