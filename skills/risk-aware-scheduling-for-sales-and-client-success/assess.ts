import type { PlanCertificate } from '../../lib/engines/scheduling/plan/certificate.ts';
import type { RiskFactor, SkillResult } from '../../lib/platform/skill/skill-result.ts';
import type { SchedulingPolicy } from './configuration.ts';
import { type PlanFacts, promisesNotKept } from './facts.ts';
import type { InForce } from './in-force.ts';

/** Of a plan about which nothing is proved. */
const UNPROVED = 4_000;

/** The risk of a plan, by the policy's points, and how sure it is that no better one was missed. */
export function assess(
  { risk: points, widestGapBasisPoints }: SchedulingPolicy,
  facts: PlanFacts,
  certificate: PlanCertificate | undefined,
  inForce: InForce,
): Pick<SkillResult, 'risk' | 'confidenceBasisPoints'> {
  const gap = certificate?.gapBasisPoints;
  const differing = inForce.kind === 'compared' ? inForce.differences.length : 0;
  const unfair = facts.belowFloor.length + facts.loweredFloors.length;
  const when = (holds: boolean, code: string, count: number, pointer: string, message: string): RiskFactor[] =>
    holds && count > 0 ? [{ code, points: count, pointer: `/input/plan${pointer}`, message }] : [];
  const factors = [
    ...when(facts.deferred > 0, 'deferred', points.deferred, '/touches', `${facts.deferred} touch(es) wait.`),
    ...when(
      promisesNotKept(facts) > 0,
      'broken-promise',
      points.brokenPromise,
      '/previous/slots',
      `${promisesNotKept(facts)} promise(s) are broken.`,
    ),
    // What was really promised cannot be told then: it weighs as much as a promise that is broken.
    ...when(
      differing > 0,
      'previous-differs',
      points.brokenPromise,
      '/previous/slots',
      `${differing} slot(s) or promise(s) of the plan in force are not as they were published.`,
    ),
    ...when(
      unfair > 0,
      'equity',
      points.equity,
      '/floors',
      `${unfair} segment(s) are served less than they are to be.`,
    ),
    ...when(
      facts.looseLimits.length > 0,
      'dignity',
      points.dignity,
      '/reps',
      `${facts.looseLimits.length} limit(s) of dignity are looser than the policy's.`,
    ),
    ...when(
      facts.infeasible.length > 0,
      'infeasible',
      points.infeasible,
      '/touches',
      `${facts.infeasible.length} touch(es) cannot be scheduled by anybody.`,
    ),
    ...when(
      facts.tightHalfDays > 0,
      'tight',
      points.tight,
      '/reps',
      `${facts.tightHalfDays} half-day(s) overrun when one touch takes long.`,
    ),
    ...when(
      gap === undefined || gap > widestGapBasisPoints,
      'unproved',
      points.unproved,
      '/budget',
      'How much better another plan could be is not proved closely.',
    ),
  ];
  const score = factors.reduce((sum, each) => sum + each.points, 0);
  return {
    risk: { score: Math.min(100, score), factors },
    confidenceBasisPoints: gap === undefined ? UNPROVED : Math.max(UNPROVED, 10_000 - gap),
  };
}
