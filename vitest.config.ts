import { defineConfig } from 'vitest/config';

/** What needs packages or programs of its own runs by its script in package.json, which sets the variable. */
const separateTests = {
  CLIENTS: 'test/clients/**',
  NODE_RED: 'test/node-red/**',
  SIP: 'test/sip/**',
  PGBOUNCER: 'test/environments/pgbouncer.test.ts',
  PROXIES: 'test/environments/proxies.test.ts',
};
const excludedTests = Object.entries(separateTests).flatMap(([variable, files]) =>
  process.env[variable] === undefined ? [files] : [],
);

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...excludedTests],
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
