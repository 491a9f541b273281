import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Two cores are shared with the servers that the suites start.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/system/**', 'test/stress/**', 'test/deployed/**'],
        },
      },
      {
        extends: true,
        test: {
          // One local system, started by its command, serves all of these; they skip time, so they take turns.
          name: 'system',
          include: ['test/e2e/system/**/*.test.ts'],
          globalSetup: 'test/e2e/support/global-system.ts',
          fileParallelism: false,
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
