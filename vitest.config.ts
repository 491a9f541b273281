import { defineConfig } from 'vitest/config';

/** Suites that start processes, bundle code, open a browser or replace modules: each file gets a worker of its own. */
const PROCESSES = [
  'test/e2e/*.test.ts',
  'test/e2e/services/**/*.test.ts',
  'test/infra/**/*.test.ts',
  'test/pages/**/*.test.ts',
  'test/unit/outages/**/*.test.ts',
  'test/unit/cli/weigh.test.ts',
];

export default defineConfig({
  test: {
    // Two cores are shared with the servers that the suites start.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // They run in the order of their names: the long files first, the many short ones fill what is left.
    projects: [
      {
        extends: true,
        test: {
          // What a file of these leaves behind is its own; workers that load the code once take a third less time.
          name: 'units',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...PROCESSES, 'test/e2e/system/**', 'test/stress/**', 'test/deployed/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: PROCESSES,
        },
      },
      {
        extends: true,
        test: {
          // Local systems, started by their command: one for each worker, since tests skip its time.
          name: 'system',
          include: ['test/e2e/system/**/*.test.ts'],
          globalSetup: 'test/e2e/support/global-system.ts',
        },
      },
      {
        extends: true,
        test: {
          // Crashes, races and hostile input against systems of their own; COUNTERSIGN_DEEP=1 asks for the full counts.
          name: 'stress',
          include: ['test/stress/**/*.test.ts'],
          globalSetup: 'test/stress/support/global-setup.ts',
        },
      },
    ],
  },
});
