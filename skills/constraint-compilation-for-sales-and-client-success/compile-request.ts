import { InvalidInput } from '../../lib/core/errors.ts';
import { pointer } from '../../lib/core/json.ts';
import { analyse } from '../../lib/engines/constraints/analysis/analyse.ts';
import type { ConstraintArtifact } from '../../lib/engines/constraints/artifact/document.ts';
import { compileArtifact } from '../../lib/engines/constraints/artifact.ts';
import type { AnalysisBudget, Solver } from '../../lib/engines/constraints/findings.ts';
import type { ConstraintSet, Waiver } from '../../lib/engines/constraints/model.ts';
import { oracle } from '../../lib/engines/constraints/oracle/oracle.ts';
import { compileSource } from '../../lib/engines/constraints/source/compile.ts';
import { writeTargets } from '../../lib/engines/constraints/targets/index.ts';
import { readDate } from '../../lib/engines/constraints/written-values.ts';
import type { CompilationRequest } from './input.ts';

/** A source that was compiled and proved. */
export interface Compiled {
  readonly set: ConstraintSet;
  readonly artifact: ConstraintArtifact;
}

export interface CompileOptions {
  readonly budget: AnalysisBudget;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly load: () => Solver | Promise<Solver>;
}

/** The waivers of the request, in an order of their own. */
function waiversOf({ waivers }: CompilationRequest): Waiver[] {
  return waivers
    .flatMap(({ finding, owner, reason, until }, index): Waiver[] => {
      const reading = readDate(until);
      if ('fault' in reading)
        throw new InvalidInput('A waiver has no end.', [
          {
            pointer: pointer('/input/waivers', index, 'until'),
            code: 'invalid-value',
            message: reading.fault,
            mend: reading.mend,
          },
        ]);
      return [{ finding: finding as Waiver['finding'], owner, reason, until: reading.value }];
    })
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/**
 * Compiles and proves the source of a request. Every witness is confirmed by an evaluator that shares nothing with the analysis.
 * @throws InvalidInput with every problem of the source, each message beginning `file:line:column:`.
 */
export async function compileRequest(request: CompilationRequest, options: CompileOptions): Promise<Compiled> {
  const { budget, day, load } = options;
  const compiled = compileSource(request.source, request.sourceName);
  if (compiled.skill !== request.targetSkill)
    throw new InvalidInput('The source is for another skill.', [
      {
        pointer: '/skill',
        code: 'wrong-skill',
        message: `${request.sourceName}: The source governs "${compiled.skill}", and the request is for "${request.targetSkill}".`,
        mend: 'Name the same skill in both.',
      },
    ]);
  const set = { ...compiled, waivers: [...compiled.waivers, ...waiversOf(request)] };
  const analysis = await analyse(set, budget, load, oracle(set).holds);
  return { set, artifact: compileArtifact({ set, analysis, targets: writeTargets(set, { day }), day }) };
}
