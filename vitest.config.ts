import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { conditionMsMax } from './test/support/wait-limit.ts';

/** What needs packages or programs of its own runs where its variable is set, as its script in package.json does. */
const separateTests = {
  CLIENTS: 'test/clients/**',
  NODE_RED: 'test/node-red/**',
  SIP: 'test/sip/**',
  PGBOUNCER: 'test/environments/pgbouncer.test.ts',
  PROXIES: 'test/environments/proxies.test.ts',
  CITUS_WORKER_STOP: 'test/citus/kill-worker.test.ts',
};
const excludedTests = Object.entries(separateTests).flatMap(([variable, files]) =>
  process.env[variable] === undefined ? [files] : [],
);

// Workers, and the servers and commands that tests start, load compiled modules: half of the CPU time of a start.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

const mostlyWaits = /\/test\/(backup|cli|crash|embedded|faults|imports\/crash|outgoing|ui|writer)/;

/** They take long whatever their size, by which files without a known duration are ordered. */
const takesLong =
  /\/test\/(cli\/(build|start)|crash|embedded|examples\/demo|faults|imports\/files\/large|several-processes|ui\/(docs-page|server-restart))/;

/**
 * Files that mostly wait are spread among those that compute, so that neither kind is left for the end. Those that take
 * long are the first of their kind.
 */
class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isWaiting = ({ moduleId }: TestSpecification) => mostlyWaits.test(moduleId);
    const bySize = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => takesLong.test(moduleId);
    const sorted = [...bySize.filter(isLong), ...bySize.filter((file) => !isLong(file))];
    const kinds = [sorted.filter(isWaiting), sorted.filter((file) => !isWaiting(file))];
    const placed = kinds.flatMap((kind) =>
      kind.map((file, at) => ({ file, place: (at + 0.5) / kind.length })),
    );
    return placed.sort((one, other) => one.place - other.place).map(({ file }) => file);
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...excludedTests],
    globalSetup: [
      'test/support/browser/ui-build.ts',
      'test/support/programs/server-build.ts',
      'test/support/database/cluster.ts',
    ],
    // More than the two cores of a small machine, because a third of the files mostly wait.
    maxWorkers: 4,
    sequence: { sequencer: MixedOrder },
    // Files share the modules of their worker: half of the CPU time was loading them again for each file.
    isolate: false,
    // Node itself loads the modules, as for `npm start`: a third of the CPU time of a start was to transform them.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Generous, because the crash tests load small machines on purpose: a test that hangs still ends the run.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: conditionMsMax } },
  },
});
