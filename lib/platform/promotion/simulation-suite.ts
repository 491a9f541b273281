import type { Json } from '../../core/json.ts';
import { type SimulationQuestion, simulate } from './simulate.ts';
import type { SuiteFailure, SuiteFindings } from './suite.ts';

/** A count with its noun, and nothing when it is zero. */
const counted = (count: number, one: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? 'request' : 'requests'} ${one}`];

/**
 * Past requests on baseline and candidate. It fails where the candidate gives no answer, or leaves to the fallback what a rule
 * covered; whatever else changes is for people to judge, and is noted.
 */
export async function simulationSuite(question: SimulationQuestion): Promise<SuiteFindings> {
  const simulation = await simulate(question);
  const { totals, examples } = simulation;
  const failures: SuiteFailure[] = examples.flatMap(({ requestId, problem, newlyUncovered }) => {
    if (problem !== undefined) return [{ case: requestId, message: problem }];
    return newlyUncovered ? [{ case: requestId, message: 'No rule covers it any more; only the fallback does.' }] : [];
  });
  const unlisted = totals.newlyRefused + totals.newlyUncovered - failures.length;
  if (unlisted > 0) failures.push({ case: '', message: `${unlisted} more are refused or uncovered.` });
  const { cycleBusinessMinutes: cycle } = totals;
  const notes = [
    ...counted(totals.notComparable, 'cannot be routed by the baseline any more and compare nothing'),
    ...counted(totals.changed, `of ${totals.requests} would be routed otherwise`),
    ...counted(totals.newlyAutomatic, 'would need nobody any more'),
    ...counted(totals.newlyBlocked, 'would be refused by policy'),
    ...counted(totals.withAddedApprovers, 'would ask more people'),
    ...counted(totals.withDroppedApprovers, 'would ask fewer people'),
    ...(cycle.baseline === cycle.candidate
      ? []
      : [`service levels add up to ${cycle.candidate} business minutes instead of ${cycle.baseline}`]),
  ];
  return {
    cases: totals.requests - totals.notComparable,
    failures,
    notes,
    detail: simulation as unknown as Json,
  };
}
