import { levelResult } from '../../core/approval/level-result.ts';
import type { ApprovalPlan, PlannedLevel, PlannedStage } from '../../core/approval/plan.ts';
import type { Digest } from '../../core/digest.ts';
import { isAssured } from '../approvals/assurance.ts';
import { type SeatDecision, type Stage, type StageLevel, voteOf } from '../approvals/stage.ts';
import type { Reason } from '../skill/skill-result.ts';

type CountedSeat = Pick<StageLevel['seats'][number], 'standing' | 'decision' | 'approver'>;

/** The parts of a stage that its approval rests on; the evidence packet carries the same. */
export interface DecidedStage extends Pick<Stage, 'stage' | 'kind' | 'outcome'> {
  readonly levels: readonly (Pick<StageLevel, 'levelId'> & { readonly seats: readonly CountedSeat[] })[];
}

const missing = (message: string): Reason => ({ code: 'ApprovalsMissing', message, pointer: '/plan' });

/** Whether a decision is for the terms in force: they were shown, or the level's basis is what it was when they were. */
export function isBound(decision: SeatDecision, level: PlannedLevel | undefined, termsDigest: Digest): boolean {
  const { carried } = decision;
  if (carried === undefined) return decision.termsDigest === termsDigest;
  const basis = level?.carryOver?.basis;
  return decision.action === 'approve' && carried.termsDigest === termsDigest && carried.basis === basis;
}

/** The votes that count: one for each approver, only for the terms in force, and with the assurance that was asked for. */
function countedVotes(seats: readonly CountedSeat[], planned: PlannedLevel, termsDigest: Digest) {
  const bound = seats.filter(
    ({ decision }) =>
      decision === undefined ||
      (isBound(decision, planned, termsDigest) && isAssured(planned.assurance, decision.assurance)),
  );
  const once = new Map(bound.map((seat) => [seat.approver, seat]));
  return [...once.values()].map((seat) => voteOf(seat as Parameters<typeof voteOf>[0]));
}

function levelProblem(planned: PlannedLevel, stage: DecidedStage, termsDigest: Digest): Reason | undefined {
  const level = stage.levels.find(({ levelId }) => levelId === planned.levelId);
  const votes = countedVotes(level?.seats ?? [], planned, termsDigest);
  if (levelResult(planned.required, votes) === 'approved') return undefined;
  return missing(`The level "${planned.levelId}" of stage ${stage.stage} has not been approved on the current terms.`);
}

function stageProblems(planned: PlannedStage, stages: readonly DecidedStage[], termsDigest: Digest): Reason[] {
  const stage = stages.find((one) => one.kind === 'approval' && one.stage === planned.stage);
  if (stage === undefined || stage.outcome !== 'approved') return [missing(`Stage ${planned.stage} is not approved.`)];
  return planned.levels.flatMap((level) => levelProblem(level, stage, termsDigest) ?? []);
}

/**
 * Whether everything that a plan asks for has been approved, counted anew from the recorded decisions: every level of every
 * stage by its own quorum, each person once, each decision bound to the terms in force, or carried over for the basis that the
 * level has in this plan, and made with the assurance that its level asks for.
 * @returns a reason for everything that lacks.
 */
export function approvalProblems(plan: ApprovalPlan, stages: readonly DecidedStage[], termsDigest: Digest): Reason[] {
  return plan.stages.flatMap((planned) => stageProblems(planned, stages, termsDigest));
}
