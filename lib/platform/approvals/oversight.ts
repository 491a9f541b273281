import { digestOf } from '../../core/digest.ts';
import { Conflict } from '../../core/errors.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { WaitingTask } from '../contracts/flow.ts';
import { skillNamed } from '../executions/context.ts';
import type { Runtime } from '../runtime.ts';
import { carryOut } from './carry-out.ts';
import { type Case, OVERSIGHT, readCase } from './case.ts';
import { openRound } from './open-round.ts';
import { markWaiting } from './open-stage.ts';
import { OVERSIGHT_STAGE, type Stage } from './stage.ts';
import { changeStage, findStage, putNewStage } from './stage-store.ts';

/** The one stage of oversight: one level, one seat, at the address that the environment names. */
function oversightStage(file: Case, timeoutSeconds: number, at: Instant): Stage {
  const dueAt = addSeconds(at, timeoutSeconds);
  const { executionId, skill, requester } = file.record;
  return {
    executionId,
    skill,
    stage: OVERSIGHT_STAGE,
    of: 1,
    kind: 'oversight',
    version: 1,
    round: 1,
    openedRound: 0,
    preparedAt: at,
    updatedAt: at,
    termsDigest: digestOf(file.terms),
    requester: requester.personId,
    excluded: [],
    levels: [
      {
        levelId: OVERSIGHT,
        name: 'Oversight',
        required: 1,
        assurance: 'link',
        because: file.record.gates.filter((gate) => gate.result === 'fail').map((gate) => gate.gate),
        remindAfterBusinessMinutes: [],
        escalation: [],
        seats: [
          {
            seatId: `${OVERSIGHT}.1`,
            principal: OVERSIGHT,
            approver: OVERSIGHT,
            delegations: [],
            joinedInRound: 1,
            dueAt,
            remindAt: [],
            reminders: 0,
            standing: 'open',
            asked: false,
            liveLinks: [],
            freshLinksAskedAt: [],
          },
        ],
        dueAt,
        result: 'open',
      },
    ],
    timerDueAt: dueAt,
    outcome: 'open',
    mailsSent: 0,
    pendingMails: [],
    pendingEvents: [],
  };
}

/**
 * Asks oversight what shall become of an escalated execution: close it, or run its request again as a new one. Neither leads
 * to Publish. Idempotent per execution; a state that is tried again replaces the token.
 */
export async function openOversight(runtime: Runtime, task: WaitingTask): Promise<void> {
  const { executionId } = task.flow;
  const at = runtime.clock.now();
  if ((await findStage(runtime, executionId, OVERSIGHT_STAGE)) === undefined) {
    const file = await readCase(runtime, executionId);
    const { oversightTimeoutSeconds } = skillNamed(runtime.skills, file.record.skill);
    try {
      await putNewStage(runtime, oversightStage(file, oversightTimeoutSeconds, at));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
  await markWaiting(runtime, executionId);
  const stage = await changeStage(runtime, executionId, OVERSIGHT_STAGE, (current) =>
    openRound(current, task.taskToken, at),
  );
  await carryOut(runtime, stage);
}
