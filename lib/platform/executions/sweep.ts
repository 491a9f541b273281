import { addSeconds, type Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { finishErasures } from '../handoffs/finish-erasures.ts';
import { log } from '../log.ts';
import { measureEnded } from '../metrics.ts';
import type { Runtime } from '../runtime.ts';
import { finishStarting } from './accept.ts';
import { OWING_EXECUTIONS, owesStatement, readWorkList } from './execution-store.ts';
import { settleDebts, settleEnding } from './settle.ts';
import { countEnded, type Ended } from './tally.ts';

/** A record that is still `starting` after so long was left behind by a crash, not by a start that is under way. */
const STARTING_SECONDS = 60;

/** What a sweep over executions did. */
export interface ExecutionSweep {
  readonly started: number;
  readonly settled: number;
  /** Ended executions that the tally took up, those that ended as `rolled-back` among them. */
  readonly counted: number;
  readonly rolledBack: number;
  readonly failed: number;
}

/** Finishes what one execution owes: a start that broke off, events and mails, the statement about its end. */
async function sweepOne(runtime: Runtime, record: ExecutionRecord, at: Instant): Promise<Partial<ExecutionSweep>> {
  const brokenOff = record.status === 'starting' && addSeconds(record.createdAt, STARTING_SECONDS) <= at;
  if (brokenOff) await finishStarting(runtime, record);
  const { executionId, pendingMails, pendingEvents, failure, erasures = [] } = record;
  const pending = pendingMails.length > 0 || pendingEvents.length > 0;
  const owed = pending || failure?.counted === false || owesStatement(record);
  if (owed) await (record.outcome === undefined ? settleDebts : settleEnding)(runtime, executionId);
  // Last: what cannot be deleted keeps nothing else from being done.
  if (erasures.some(({ done }) => !done)) await finishErasures(runtime, executionId);
  return { started: brokenOff ? 1 : 0, settled: owed ? 1 : 0 };
}

/** An execution that has ended, as the tally counts it, and the skill that it is measured under. */
function endedOf({ executionId, outcome, skill }: ExecutionRecord): (Ended & { skill: string })[] {
  return outcome === undefined ? [] : [{ executionId, outcome, skill }];
}

/** Writes how many ended, by skill and outcome; what the tally could not take up is measured when it can. */
function measureEnds(runtime: Runtime, ended: readonly (Ended & { skill: string })[]): void {
  for (const [skill, ofSkill] of Map.groupBy(ended, (one) => one.skill))
    for (const [outcome, some] of Map.groupBy(ofSkill, (one) => one.outcome))
      measureEnded(runtime, skill, outcome, some.length);
}

/**
 * Finishes what crashes left undone: executions whose start broke off, events and mails still owed, and those that have
 * ended and were not counted. Only executions that owe something are read. One execution's failure keeps no other from being
 * swept.
 */
export async function sweepExecutions(runtime: Runtime, at: Instant): Promise<ExecutionSweep> {
  const owing = await readWorkList(runtime, OWING_EXECUTIONS);
  const ended = owing.flatMap(({ record, counted }) => (counted ? [] : endedOf(record)));
  const rolledBack = ended.filter(({ outcome }) => outcome === 'rolled-back').length;
  const sweep = { started: 0, settled: 0, counted: ended.length, rolledBack, failed: 0 };
  await countEnded(runtime, ended);
  measureEnds(runtime, ended);
  for (const { record } of owing) {
    try {
      const { started = 0, settled = 0 } = await sweepOne(runtime, record, at);
      sweep.started += started;
      sweep.settled += settled;
    } catch (error) {
      sweep.failed += 1;
      const name = error instanceof Error ? error.name : 'unknown';
      log('error', { event: 'execution-sweep-failed', executionId: record.executionId, error: name });
    }
  }
  return sweep;
}
