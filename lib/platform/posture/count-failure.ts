import type { Instant } from '../../core/instant.ts';
import {
  baselineOf,
  changeLedger,
  entryOf,
  type Ledger,
  type LedgerEntry,
  moved,
  withEntries,
} from '../configuration/ledger.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { changeExecution, readExecution } from '../executions/execution-store.ts';
import { openFollowUp } from '../follow-ups/follow-up-store.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { type AnySkill, postureThresholdsOf } from '../skill/define-skill.ts';
import { type Breach, candidateBreach, posturesCall } from './evaluate.ts';
import { type Failure, failuresAround, putFailure } from './failures.ts';
import { flagDutyAt } from './flag-duty.ts';
import { incidentIdOf, NAMED_EXECUTIONS } from './incident.ts';
import { logMove, movedPosture } from './move.ts';
import { changePosture } from './posture-store.ts';

const namesOf = ({ failures }: Breach): string[] =>
  failures.map(({ executionId }) => executionId).slice(-NAMED_EXECUTIONS);

/** The ledger without a candidate that failed. */
function withoutCandidate(ledger: Ledger, entry: LedgerEntry, breach: Breach, at: Instant): Ledger {
  const cause = { at, by: 'system', because: breach.because };
  const incident = {
    incidentId: incidentIdOf('candidate-rolled-back', ledger.skill, entry.version, at),
    kind: 'candidate-rolled-back' as const,
    ...cause,
    from: entry.version,
    to: baselineOf(ledger).version,
    executions: namesOf(breach),
  };
  return {
    ...withEntries(ledger, moved(entry, 'retired', { ...cause, rolledBack: true })),
    flagDuty: flagDutyAt(at),
    pendingIncidents: [...ledger.pendingIncidents, incident],
  };
}

/** Retires a candidate when its failures call for it, by one conditional write that also owes the incident. */
async function retireCandidate(
  runtime: Runtime,
  skill: AnySkill,
  version: string,
  judge: (candidate: LedgerEntry) => Breach | undefined,
): Promise<void> {
  const at = runtime.clock.now();
  let retired = false;
  await changeLedger(runtime, skill.name, (ledger) => {
    const entry = entryOf(ledger, version);
    const breach = entry?.status === 'candidate' ? judge(entry) : undefined;
    retired = entry !== undefined && breach !== undefined;
    return entry === undefined || breach === undefined ? undefined : withoutCandidate(ledger, entry, breach, at);
  });
  if (retired) log('warn', { event: 'candidate-rolled-back', skill: skill.name, configuration: version });
}

/** Puts the baseline back when failures of distinct accounts on one candidate come together. */
async function judgeCandidate(runtime: Runtime, skill: AnySkill, failure: Failure): Promise<void> {
  const { candidateFaults } = postureThresholdsOf(skill);
  const { configuration: version, at } = failure;
  const around = await failuresAround(runtime, skill.name, at, candidateFaults.windowSeconds);
  await retireCandidate(runtime, skill, version, ({ since }) =>
    candidateBreach(
      candidateFaults,
      at,
      around.filter((one) => one.configuration === version && one.at >= since),
    ),
  );
}

/** Raises the posture when failures come together. The posture item is written before anything else is told. */
async function judgePosture(runtime: Runtime, skill: AnySkill, failure: Failure): Promise<void> {
  const thresholds = postureThresholdsOf(skill);
  const around = await failuresAround(runtime, skill.name, failure.at, thresholds.windowSeconds);
  const at = runtime.clock.now();
  let rose = false;
  const state = await changePosture(runtime, skill.name, (current) => {
    const counting = around.filter((one) => one.at > current.countsFrom);
    const call = posturesCall(thresholds, current.posture, failure.at, counting);
    rose = call !== undefined;
    if (call === undefined) return undefined;
    const cause = { at, by: 'system', because: call.because, executions: namesOf(call) };
    return movedPosture(current, call.posture, cause);
  });
  const move = state.moves.at(-1);
  if (rose && move !== undefined) logMove(skill.name, move);
  if (state.posture === 'critical') await retireInvolved(runtime, skill, around);
}

/** A critical posture puts the baseline back as well: every candidate that took part in the failures is retired. */
async function retireInvolved(runtime: Runtime, skill: AnySkill, failures: readonly Failure[]): Promise<void> {
  for (const version of new Set(failures.map(({ configuration }) => configuration))) {
    await retireCandidate(runtime, skill, version, (entry) => {
      const own = failures.filter(({ configuration, at }) => configuration === version && at >= entry.since);
      return own.length === 0
        ? undefined
        : { failures: own, because: 'The posture went critical with failures on it.' };
    });
  }
}

/** Looking at a single failure is owed, too. */
async function openExecutionFollowUp(runtime: Runtime, skill: AnySkill, failure: Failure): Promise<void> {
  await openFollowUp(runtime, {
    about: failure.executionId,
    skill: skill.name,
    executionId: failure.executionId,
    title: `Execution failed with ${failure.code}: retry it, or tell its requester.`,
    openedAt: failure.at,
    withinSeconds: postureThresholdsOf(skill).followUpWithinSeconds,
  });
}

/** The failure of a record as it is counted. */
function failureOf(record: ExecutionRecord, failure: NonNullable<ExecutionRecord['failure']>): Failure {
  const { executionId, accountId, configuration } = record;
  const { at, kind, code } = failure;
  return { executionId, accountId, at, kind, code, configuration: configuration.version };
}

/**
 * Counts the failure that an execution owes: puts it on record, and does what the skill's thresholds say of it and those
 * around it. Exactly one failure is counted for each execution, however often and by however many this is done: every step
 * changes nothing the second time, and the debt is struck last.
 * @throws NotFound when there is no such execution, Conflict when too many write at once: the debt remains.
 */
export async function countFailure(runtime: Runtime, executionId: string): Promise<void> {
  const record = await readExecution(runtime, executionId);
  if (record.failure === undefined || record.failure.counted) return;
  const skill = runtime.skills.find(({ name }) => name === record.skill);
  if (skill === undefined) return;
  const failure = failureOf(record, record.failure);
  await putFailure(runtime, skill.name, failure);
  await judgeCandidate(runtime, skill, failure);
  await judgePosture(runtime, skill, failure);
  await openExecutionFollowUp(runtime, skill, failure);
  await changeExecution(runtime, executionId, (current) =>
    current.failure === undefined || current.failure.counted
      ? undefined
      : { ...current, failure: { ...current.failure, counted: true } },
  );
}
