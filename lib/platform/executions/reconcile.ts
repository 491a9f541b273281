import { addSeconds, type Instant } from '../../core/instant.ts';
import { readPosture } from '../configuration/posture.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { LIVE_EXECUTIONS, readExecution, readWorkList } from './execution-store.ts';
import { recover } from './recover.ts';

/** An execution that moved within the last quarter of an hour is left alone: its state machine may just be starting. */
const QUIET_SECONDS = 15 * 60;

/** Computing and publishing take seconds: whatever runs this long, while nothing holds it, runs no more. */
const LONGEST_RUN_SECONDS = 3_600;

/** How many state machines one sweep asks after: Step Functions answers some fifteen such questions a second. */
const LOOKS = 50;

/** What looking after quiet executions came to. */
export interface Reconciliation {
  /** Ended here, because their state machine had ended without them. */
  readonly reconciled: number;
  /** Neither waiting for people nor held, and running for far too long. */
  readonly stuck: number;
  readonly failures: number;
}

const CURSOR = { pk: 'SWEEP', sk: 'LIVE' };

/** The next executions to look at: each sweep goes on where the one before stopped, and begins again at the end. */
async function nextQuiet(runtime: Runtime, at: Instant): Promise<readonly ExecutionRecord[]> {
  const live = await readWorkList(runtime, LIVE_EXECUTIONS);
  const quiet = live.map(({ record }) => record).filter(({ updatedAt }) => addSeconds(updatedAt, QUIET_SECONDS) <= at);
  const { after = '' } = (await runtime.table.get<{ after?: string }>(CURSOR)) ?? {};
  const placeOf = ({ createdAt, executionId }: ExecutionRecord) => `${createdAt}#${executionId}`;
  const rest = quiet.filter((record) => placeOf(record) > after);
  const next = [...rest, ...quiet.filter((record) => placeOf(record) <= after)].slice(0, LOOKS);
  const last = next.at(-1);
  if (last !== undefined && quiet.length > LOOKS) await runtime.table.put({ ...CURSOR, after: placeOf(last) });
  return next;
}

async function isStuck(runtime: Runtime, record: ExecutionRecord, at: Instant): Promise<boolean> {
  if (record.status !== 'running' || addSeconds(record.updatedAt, LONGEST_RUN_SECONDS) > at) return false;
  // A stopped publication holds until the posture allows it.
  return (await readPosture(runtime, record.skill)) !== 'critical';
}

/** Looks at one execution; one whose state machine is gone ends as a fault would end it, with an incident packet. */
async function lookAfter(runtime: Runtime, seen: ExecutionRecord, at: Instant): Promise<Partial<Reconciliation>> {
  const skill = runtime.skills.find(({ name }) => name === seen.skill);
  if (skill === undefined) return {};
  const described = await runtime.states.describe(skill.id, seen.executionId);
  const status = described?.status ?? 'MISSING';
  if (status === 'RUNNING') return { stuck: (await isStuck(runtime, seen, at)) ? 1 : 0 };
  // Every step writes its record before its state machine goes on, so what is read now is final.
  const record = await readExecution(runtime, seen.executionId);
  if (record.outcome !== undefined) return {};
  await recover(runtime, {
    executionId: record.executionId,
    skill: record.skill,
    verdict: 'continue',
    fault: { Error: 'StateMachineEnded', Cause: `The state machine's execution was ${status}; the record was not.` },
  });
  log('warn', { event: 'execution-reconciled', executionId: record.executionId, skill: record.skill, status });
  return { reconciled: 1 };
}

/**
 * Finds executions that stand still though nothing will move them: aborted by hand, timed out, or lost. They end as
 * `rolled-back` with an incident packet, and oversight is told. One execution's failure keeps no other from being looked at.
 */
export async function reconcileExecutions(runtime: Runtime, at: Instant): Promise<Reconciliation> {
  const sum = { reconciled: 0, stuck: 0, failures: 0 };
  for (const record of await nextQuiet(runtime, at)) {
    try {
      const { reconciled = 0, stuck = 0 } = await lookAfter(runtime, record, at);
      sum.reconciled += reconciled;
      sum.stuck += stuck;
    } catch (error) {
      sum.failures += 1;
      const name = error instanceof Error ? error.name : 'unknown';
      log('error', { event: 'reconciliation-failed', executionId: record.executionId, error: name });
    }
  }
  return sum;
}
