import type { State } from './states.ts';

/** States of a task in the Agent2Agent protocol (A2A 0.3, section 6.3), but for `unknown`, which ours never are. */
export type A2aTaskState =
  | 'submitted'
  | 'working'
  | 'input-required'
  | 'completed'
  | 'canceled'
  | 'failed'
  | 'rejected'
  | 'auth-required';

const A2A: Readonly<Record<State, A2aTaskState>> = {
  draft: 'submitted',
  validated: 'submitted',
  scored: 'submitted',
  'awaiting-approval': 'auth-required',
  offered: 'submitted',
  acknowledged: 'working',
  accepted: 'working',
  'in-delivery': 'working',
  delivered: 'working',
  verified: 'working',
  closed: 'completed',
  blocked: 'input-required',
  clarify: 'input-required',
  rejected: 'rejected',
  expired: 'failed',
  // A person has to decide.
  escalated: 'input-required',
  paused: 'working',
  superseded: 'canceled',
  withdrawn: 'canceled',
  'rolled-back': 'failed',
};

/** What another agent is told of a handoff's state. States that end ours end theirs, and no others do. */
export function a2aTaskState(state: State): A2aTaskState {
  return A2A[state];
}

/** Whether a task in this state has ended for good (A2A 0.3: a task that has ended is never started again). */
export function isA2aTerminal(state: A2aTaskState): boolean {
  return state === 'completed' || state === 'canceled' || state === 'failed' || state === 'rejected';
}
