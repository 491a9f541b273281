import { test } from 'vitest';

/** Whether slow tests run here. */
export const runsSlowTests = process.env.CI !== undefined || process.env.COUNTERSIGN_DEEP !== undefined;

/**
 * A test that starts a whole system of its own for half a minute or more. CI and `npm run test:deep` run it; on a
 * developer's machine it is skipped, loudly.
 */
export const slowTest = runsSlowTests ? test : test.skip;

if (!runsSlowTests) console.warn('Skipping slow tests here; CI=1 npm test, or npm run test:deep, runs them.');
