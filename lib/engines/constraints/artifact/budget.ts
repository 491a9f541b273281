import type { AnalysisBudget } from '../findings.ts';

/**
 * What an analysis of a policy may spend, unless somebody says otherwise: the same everywhere, so that the same source gives the
 * same artifact on a laptop, in CI and in the prover function.
 */
export const STANDARD_BUDGET: AnalysisBudget = { solverSteps: 20_000_000, boxes: 100_000, minimalSets: 50 };
