import type { Replay } from '../../lib/engines/approval-routing/replay-requests.ts';
import type { ConstraintArtifact } from '../../lib/engines/constraints/artifact/document.ts';
import type { RiskFactor, SkillResult } from '../../lib/platform/skill/skill-result.ts';
import type { Comparison } from './compare.ts';
import type { CompilationPolicy } from './configuration.ts';
import { isLoosening } from './plan.ts';

const COST = { openQuestion: 1_500, warning: 300, notReplayed: 2_000 } as const;

/** The risk of a change of rules, by the policy's points, and how sure what is said about it is. */
export function assess(
  { risk: points }: CompilationPolicy,
  artifact: ConstraintArtifact,
  comparison?: Comparison,
  replay?: Replay,
): Pick<SkillResult, 'risk' | 'confidenceBasisPoints'> {
  const { findings, unknowns } = artifact.analysis;
  const loosened = comparison?.changes.filter(isLoosening).length ?? 0;
  const tightened = (comparison?.changes.length ?? 0) - loosened;
  const open = unknowns.length + (comparison?.open.length ?? 0);
  const waived = artifact.waivers.inForce.length;
  const flipped = replay?.flips.length ?? 0;
  const isUntried = replay?.requests === 0;
  const when = (holds: boolean, code: string, count: number, pointer: string, message: string): RiskFactor[] =>
    holds && count > 0 ? [{ code, points: count, pointer, message }] : [];
  const factors = [
    ...when(loosened > 0, 'loosened', points.loosened, '/source', `${loosened} way(s) to get by with less are new.`),
    ...when(
      tightened > 0,
      'tightened',
      points.tightened,
      '/source',
      `${tightened} way(s) to be stopped or asked are new.`,
    ),
    ...when(waived > 0, 'waived', points.waived, '/waivers', `${waived} finding(s) are waived.`),
    ...when(open > 0, 'open-question', points.openQuestion, '/source', `${open} question(s) could not be answered.`),
    ...when(
      flipped > 0,
      'flipped',
      points.flipped,
      '/pastRequests',
      `${flipped} past request(s) would be decided otherwise.`,
    ),
    ...when(isUntried, 'not-replayed', points.notReplayed, '/pastRequests', 'No past request was replayed.'),
  ];
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const doubt = open * COST.openQuestion + warnings * COST.warning + (isUntried ? COST.notReplayed : 0);
  return {
    risk: {
      score: Math.min(
        100,
        factors.reduce((sum, each) => sum + each.points, 0),
      ),
      factors,
    },
    confidenceBasisPoints: Math.max(0, 10_000 - doubt),
  };
}
