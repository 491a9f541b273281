import { Conflict } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { Posture } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';
import type { FlagDuty } from './flag-duty.ts';
import type { Incident } from './incident.ts';

/** One recorded move of a posture, with its cause. */
export interface PostureMove {
  readonly at: Instant;
  readonly from: Posture;
  readonly to: Posture;
  /** A person's id, or `system`. */
  readonly by: string;
  readonly because: string;
  /** The executions whose failures caused it. */
  readonly executions: readonly string[];
}

/** The posture of a skill: the kill switch that Publish reads, and how it came to stand where it stands. */
export interface PostureState {
  readonly version: number;
  readonly skill: string;
  readonly posture: Posture;
  readonly since: Instant;
  /** Failures before this no longer count: a posture that was lowered begins anew. */
  readonly countsFrom: Instant;
  /** The latest moves, oldest first. */
  readonly moves: readonly PostureMove[];
  /** What the flag server is to be told because of the posture. */
  readonly flagDuty?: FlagDuty & { readonly enabled: boolean };
  readonly pendingIncidents: readonly Incident[];
}

const BEGINNING: Instant = '1970-01-01T00:00:00.000Z';

const keyOf = (skill: string): ItemKey => ({ pk: `SKILL#${skill}`, sk: 'POSTURE' });

/** What holds where nothing ever happened. */
const untouched = (skill: string): PostureState => ({
  version: 0,
  skill,
  posture: 'normal',
  since: BEGINNING,
  countsFrom: BEGINNING,
  moves: [],
  pendingIncidents: [],
});

/** The posture of a skill with its history. */
export async function readPostureState(runtime: Pick<Runtime, 'table'>, skill: string): Promise<PostureState> {
  const item = await runtime.table.get<PostureState & ItemKey>(keyOf(skill));
  if (item === undefined) return untouched(skill);
  const { pk: _pk, sk: _sk, ...state } = item;
  return state;
}

/**
 * Changes a posture under optimistic locking; `change` may run several times, and `undefined` leaves it as it is.
 * @throws Conflict when too many write at once.
 */
export async function changePosture(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  change: (current: PostureState) => PostureState | undefined,
): Promise<PostureState> {
  const state = await readPostureState(runtime, skill);
  if (state.version > 0) return changeAggregate<PostureState>(runtime.table, keyOf(skill), change);
  const first = change(state);
  if (first === undefined) return state;
  try {
    await runtime.table.putNew({ ...first, version: 1, ...keyOf(skill) } as unknown as Item);
    return { ...first, version: 1 };
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return changeAggregate<PostureState>(runtime.table, keyOf(skill), change);
  }
}
