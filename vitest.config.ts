import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Their packages are installed by `npm run test:clients`.
    exclude: ['**/node_modules/**', ...(process.env['CLIENTS'] === undefined ? ['test/clients/**'] : [])],
    globalSetup: ['test/support/ui-build.ts', 'test/support/cluster.ts'],
    maxWorkers: 3,
    // Files share the modules of their worker: half of the CPU time was loading them anew for each file.
    isolate: false,
    // Generous, because the crash tests load small machines on purpose: a test that hangs still ends the run.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
