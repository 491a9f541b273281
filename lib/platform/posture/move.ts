import type { Instant } from '../../core/instant.ts';
import type { Posture } from '../contracts/outcome.ts';
import { log } from '../log.ts';
import { isRise } from './evaluate.ts';
import { flagDutyAt } from './flag-duty.ts';
import { type Incident, incidentIdOf, NAMED_EXECUTIONS } from './incident.ts';
import type { PostureMove, PostureState } from './posture-store.ts';

/** Moves that are remembered in the posture itself; the log has them all. */
const REMEMBERED_MOVES = 50;

/** Who moves a posture, and why. */
export interface PostureCause {
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
  readonly executions?: readonly string[];
}

/** The flag is to be off while the posture is critical, and on again afterwards only if it was this that put it off. */
function flagDutyOf(state: PostureState, to: Posture, at: Instant): PostureState['flagDuty'] {
  if (to === 'critical') return { ...flagDutyAt(at), enabled: false };
  if (state.posture !== 'critical') return state.flagDuty;
  return state.flagDuty?.enabled === false && state.flagDuty.result === 'done'
    ? { ...flagDutyAt(at), enabled: true }
    : undefined;
}

/** The state after a move: pure. Going critical owes oversight an incident; going down begins the count anew. */
export function movedPosture(state: PostureState, to: Posture, cause: PostureCause): PostureState | undefined {
  const { flagDuty: _, ...rest } = state;
  const { posture: from, skill } = state;
  if (from === to) return undefined;
  const { at, by, because } = cause;
  const executions = (cause.executions ?? []).slice(-NAMED_EXECUTIONS);
  const move: PostureMove = { at, from, to, by, because, executions };
  const incident: Incident = {
    incidentId: incidentIdOf('posture-critical', skill, from, at),
    kind: 'posture-critical',
    ...{ at, by, because, from, to, executions },
  };
  const flagDuty = flagDutyOf(state, to, at);
  return {
    ...rest,
    posture: to,
    since: at,
    countsFrom: isRise(from, to) ? state.countsFrom : at,
    moves: [...state.moves, move].slice(-REMEMBERED_MOVES),
    ...(flagDuty === undefined ? {} : { flagDuty }),
    pendingIncidents: to === 'critical' ? [...state.pendingIncidents, incident] : state.pendingIncidents,
  };
}

/** Writes a move to the log. What a person gave as the reason stays in the table: the log holds no free text. */
export function logMove(skill: string, { at, from, to, by, because, executions }: PostureMove): void {
  const level = isRise(from, to) ? 'warn' : 'info';
  const cause = by === 'system' ? because : 'by hand';
  log(level, { event: 'posture-moved', skill, at, from, to, by, cause, executions: executions.length });
}
