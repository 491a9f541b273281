import { type Instant, secondsUntil } from '../../core/instant.ts';
import { readPosture } from '../configuration/posture.ts';
import type { Census } from '../executions/census.ts';
import { OWING_EXECUTIONS, owesStatement, readWorkList } from '../executions/execution-store.ts';
import { snapshotAgeSeconds } from '../flags/snapshot-age.ts';
import { measurePosture } from '../metrics.ts';
import type { Runtime } from '../runtime.ts';
import { longestOverdueSeconds } from './overdue.ts';

/** Seconds that have passed since the earliest of some instants; 0 when there is none. */
function secondsSinceEarliest(instants: readonly Instant[], at: Instant): number {
  const earliest = instants.toSorted()[0];
  return earliest === undefined ? 0 : Math.max(0, secondsUntil(earliest, at));
}

/** What alarms watch and the sweeper can only read. */
export async function readFigures(runtime: Runtime, at: Instant) {
  const [snapshot, OverdueApproval, owing] = await Promise.all([
    runtime.flags.snapshot(),
    longestOverdueSeconds(runtime),
    readWorkList(runtime, OWING_EXECUTIONS),
  ]);
  const unsigned = owing.flatMap(({ record }) => (owesStatement(record) ? (record.concludedAt ?? []) : []));
  return {
    OverdueApproval,
    StatementOverdue: secondsSinceEarliest(unsigned, at),
    ...(snapshot === undefined ? {} : { FlagSnapshotAge: snapshotAgeSeconds(snapshot, at) }),
  };
}

/** What a census says to the dashboard. */
export function figuresOf({ executions, oldestWaitSince }: Census, at: Instant) {
  return {
    WaitingApprovals: executions.find(({ state }) => state === 'waiting')?.count ?? 0,
    OldestWait: secondsSinceEarliest(oldestWaitSince === undefined ? [] : [oldestWaitSince], at),
  };
}

/** Writes the posture of every skill. */
export async function measurePostures(runtime: Runtime): Promise<{ readonly measured: number }> {
  for (const { name } of runtime.skills) measurePosture(runtime, name, await readPosture(runtime, name));
  return { measured: runtime.skills.length };
}
