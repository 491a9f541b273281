import type { ApprovalPlan, PlannedLevel } from '../../core/approval/plan.ts';
import { digestOf } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { Conflict, NotFound } from '../../core/errors.ts';
import { type Instant, secondsUntil } from '../../core/instant.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import type { FlowState } from '../contracts/flow.ts';
import { loadContext } from '../executions/context.ts';
import { readExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import { requireFeasiblePlan } from './plan-check.ts';
import { keepApprovals } from './resubmission.ts';
import { type DutyFacts, fillSeats } from './seat-holder.ts';
import { earliestDue, latestDue, seatTimes } from './seat-times.ts';
import { deadlineOf, type Seat, type Stage, type StageLevel } from './stage.ts';
import { findStage, putNewStage, readStage } from './stage-store.ts';

/** What RequestApproval opens next. */
export type NextStage = NonNullable<FlowState['next']>;

/** Step Functions' longest timeout. */
const LONGEST_TIMEOUT_SECONDS = 99_999_999;

/** The stage as the state machine waits for it: the timer runs until the earliest deadline, one second at least. */
export function nextStage(stage: Stage, now: Instant): NextStage {
  const seconds = Math.max(1, secondsUntil(now, deadlineOf(stage)));
  return { stage: stage.stage, round: stage.round, timeoutSeconds: Math.min(seconds, LONGEST_TIMEOUT_SECONDS) };
}

type Directories = readonly [current: LoadedDirectory, planned: LoadedDirectory];

function prepareLevel(level: PlannedLevel, directories: Directories, facts: DutyFacts, at: Instant): StageLevel {
  const seats = fillSeats(directories[0], facts, level, level.seats, at).map(
    ({ seatId, principal, approver, delegations }): Seat => ({
      seatId,
      principal,
      approver,
      delegations,
      joinedInRound: 1,
      ...seatTimes(directories, approver, at, level),
      reminders: 0,
      standing: 'open',
      asked: false,
      liveLinks: [],
      freshLinksAskedAt: [],
    }),
  );
  const { levelId, name, required, assurance, because, remindAfterBusinessMinutes, escalation } = level;
  return {
    levelId,
    name,
    required,
    assurance,
    because,
    remindAfterBusinessMinutes,
    escalation,
    ...(level.minimumLimit === undefined ? {} : { minimumLimit: level.minimumLimit }),
    seats,
    dueAt: latestDue(seats, at),
    result: 'open',
  };
}

async function buildStage(runtime: Runtime, executionId: string, number: number, at: Instant): Promise<Stage> {
  const record = await readExecution(runtime, executionId);
  const [context, current] = await Promise.all([loadContext(runtime, record), currentDirectory(runtime)]);
  const plan: ApprovalPlan | undefined = context.result?.plan;
  const planned = plan?.stages.find((one) => one.stage === number);
  if (context.result === undefined || plan === undefined || planned === undefined)
    throw new NotFound(`The approval plan of execution ${executionId} has no stage ${number}.`);
  requireFeasiblePlan(plan);
  const recordOwner = context.skill.recordOwner(context.input);
  const facts = { requester: record.requester.personId, recordOwner, excluded: plan.excluded };
  const levels = planned.levels.map((level) => prepareLevel(level, [current, context.directory], facts, at));
  const stage: Stage = {
    executionId,
    skill: record.skill,
    stage: number,
    of: plan.stages.length,
    kind: 'approval',
    version: 1,
    round: 1,
    openedRound: 0,
    preparedAt: at,
    updatedAt: at,
    termsDigest: digestOf(context.result.terms),
    requester: facts.requester,
    ...(recordOwner === undefined ? {} : { recordOwner }),
    excluded: plan.excluded,
    levels,
    timerDueAt: earliestDue(levels, at),
    outcome: 'open',
    mailsSent: 0,
    pendingMails: [],
    pendingEvents: [],
  };
  return keepApprovals(runtime, { record, context, current }, stage, at);
}

async function preparedStage(runtime: Runtime, executionId: string, number: number, at: Instant): Promise<Stage> {
  const found = await findStage(runtime, executionId, number);
  if (found !== undefined) return found;
  try {
    await putNewStage(runtime, await buildStage(runtime, executionId, number, at));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  return readStage(runtime, executionId, number);
}

/**
 * Prepares a stage of an execution's approval plan unless that was done before: its levels and seats, with every due
 * instant fixed from `at`, and with the approvals that still count from the request that this one resubmits. Nobody is asked
 * yet; RequestApproval does that.
 * @returns what the state machine waits for, with the timeout counted from now.
 * @throws NotFound when the plan has no such stage.
 * @throws InvalidInput when the desk cannot carry out the plan.
 */
export async function prepareStage(
  runtime: Runtime,
  executionId: string,
  stageNumber: number,
  at: Instant,
): Promise<NextStage> {
  return nextStage(await preparedStage(runtime, executionId, stageNumber, at), runtime.clock.now());
}

/** Whether approvals of the request that this one resubmits have settled a stage before anybody was asked. */
function needsNobody(stage: Stage): boolean {
  return stage.outcome === 'approved' && stage.openedRound === 0;
}

/**
 * Prepares the first stage from a number on that asks anybody. Stages that earlier approvals satisfy are prepared, and so
 * on record, and passed over.
 * @returns what the state machine waits for; `undefined` when no stage is left that asks anybody.
 * @throws NotFound when the plan has no stage of this number.
 * @throws InvalidInput when the desk cannot carry out the plan.
 */
export async function prepareFrom(
  runtime: Runtime,
  executionId: string,
  first: number,
  at: Instant,
): Promise<NextStage | undefined> {
  for (let number = first; ; number += 1) {
    const stage = await preparedStage(runtime, executionId, number, at);
    if (!needsNobody(stage)) return nextStage(stage, runtime.clock.now());
    if (number >= stage.of) return undefined;
  }
}
