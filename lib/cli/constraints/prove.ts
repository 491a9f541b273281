import { analyse } from '../../engines/constraints/analysis/analyse.ts';
import { STANDARD_BUDGET } from '../../engines/constraints/artifact/budget.ts';
import type { ConstraintArtifact } from '../../engines/constraints/artifact/document.ts';
import { compileArtifact } from '../../engines/constraints/artifact.ts';
import type { Analysis } from '../../engines/constraints/findings.ts';
import type { ConstraintSet } from '../../engines/constraints/model.ts';
import { oracle } from '../../engines/constraints/oracle/oracle.ts';
import { writeTargets } from '../../engines/constraints/targets/index.ts';

/** Loads the solver; called only when intervals do not answer a question. */
export async function loadSolver() {
  return (await import('../../platform/prover/z3.ts')).loadZ3();
}

/** A set with its proofs. */
export interface Proved {
  readonly analysis: Analysis;
  readonly artifact: ConstraintArtifact;
}

/** Analyses a set, has every claim confirmed by an independent evaluator, and makes the artifact. */
export async function prove(set: ConstraintSet, day: number): Promise<Proved> {
  const analysis = await analyse(set, STANDARD_BUDGET, loadSolver, oracle(set).holds);
  return { analysis, artifact: compileArtifact({ set, analysis, targets: writeTargets(set, { day }), day }) };
}
