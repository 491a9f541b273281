import type { RouteSummary } from './route-summary.ts';

/** A value before and after. */
export interface Change<T> {
  readonly from: T;
  readonly to: T;
}

/** What a candidate changes for one request. */
export interface RouteDifference {
  readonly requestId: string;
  readonly verdict: Change<RouteSummary['verdict']>;
  readonly addedLevels: readonly string[];
  readonly droppedLevels: readonly string[];
  /** Levels of both routes whose stage, quorum, seats, service level, escalation or assurance differ. */
  readonly changedLevels: readonly string[];
  readonly addedApprovers: readonly string[];
  readonly droppedApprovers: readonly string[];
  readonly cycleBusinessMinutes: Change<number>;
  /** Only the fallback takes it up now, and a rule did before. */
  readonly newlyUncovered: boolean;
  /** Why the candidate refuses it or breaks off, when the baseline did not. */
  readonly problem?: string;
}

const without = (a: readonly string[], b: readonly string[]): string[] => a.filter((each) => !b.includes(each));

/** Whether a configuration came to a verdict at all. */
export function isAnswered({ verdict }: RouteSummary): boolean {
  return verdict !== 'refused' && verdict !== 'fault';
}

/** How the candidate's route differs from the baseline's; `undefined` when it does not. */
export function routeDifference(
  requestId: string,
  baseline: RouteSummary,
  candidate: RouteSummary,
): RouteDifference | undefined {
  const [before, after] = [baseline, candidate].map(({ levels }) => levels.map(({ levelId }) => levelId));
  const shapes = new Map(baseline.levels.map(({ levelId, shape }) => [levelId, shape]));
  const difference: RouteDifference = {
    requestId,
    verdict: { from: baseline.verdict, to: candidate.verdict },
    addedLevels: without(after ?? [], before ?? []),
    droppedLevels: without(before ?? [], after ?? []),
    changedLevels: candidate.levels
      .filter(({ levelId, shape }) => shapes.has(levelId) && shapes.get(levelId) !== shape)
      .map(({ levelId }) => levelId),
    addedApprovers: without(candidate.approvers, baseline.approvers),
    droppedApprovers: without(baseline.approvers, candidate.approvers),
    cycleBusinessMinutes: { from: baseline.cycleBusinessMinutes, to: candidate.cycleBusinessMinutes },
    newlyUncovered: candidate.uncovered && !baseline.uncovered,
    ...(candidate.problem === undefined || !isAnswered(baseline) ? {} : { problem: candidate.problem }),
  };
  const { addedLevels, droppedLevels, changedLevels, addedApprovers, droppedApprovers } = difference;
  const lists = [addedLevels, droppedLevels, changedLevels, addedApprovers, droppedApprovers];
  const same =
    baseline.verdict === candidate.verdict &&
    baseline.cycleBusinessMinutes === candidate.cycleBusinessMinutes &&
    baseline.uncovered === candidate.uncovered &&
    lists.every((list) => list.length === 0);
  return same ? undefined : difference;
}
