import type { EventType, Part } from './events.ts';
import { type State, states, terminalStates } from './states.ts';

/** Conditions that an event must meet; `guards.ts` says what each means. */
export type GuardName =
  | 'packet-current'
  | 'threshold-reached'
  | 'approval-given'
  | 'bounces-left'
  | 'attempts-left'
  | 'criteria-met'
  | 'obligations-settled'
  | 'reason-declared'
  | 'pause-declared'
  | 'cause-shown'
  | 'escalation-due'
  | 'not-accepted-before';

export interface Transition {
  readonly event: EventType;
  readonly from: readonly State[];
  /** `back`: where it stood before it went aside. */
  readonly to: State | 'back';
  readonly who: readonly Part[];
  readonly guards: readonly GuardName[];
}

const WITH_RECEIVER = ['offered', 'acknowledged', 'accepted', 'in-delivery'] as const;
const BEFORE_OFFER = ['draft', 'validated', 'scored', 'awaiting-approval', 'blocked'] as const;
const ASIDE = ['clarify', 'escalated', 'paused'] as const;
const OPEN = states.filter((state) => !(terminalStates as readonly State[]).includes(state));

/** The whole machine. What is not here is not possible. */
export const transitions: readonly Transition[] = [
  { event: 'validate', from: ['draft'], to: 'validated', who: ['system'], guards: ['packet-current'] },
  {
    event: 'block',
    from: ['draft', 'validated', 'scored', 'awaiting-approval'],
    to: 'blocked',
    who: ['system'],
    guards: [],
  },
  { event: 'amend', from: ['blocked', 'clarify'], to: 'draft', who: ['sender'], guards: [] },
  { event: 'score', from: ['validated'], to: 'scored', who: ['system'], guards: ['packet-current'] },
  {
    event: 'request-approval',
    from: ['scored'],
    to: 'awaiting-approval',
    who: ['system'],
    guards: ['packet-current', 'threshold-reached'],
  },
  { event: 'decline', from: ['awaiting-approval'], to: 'rejected', who: ['approver', 'system'], guards: [] },
  {
    event: 'offer',
    from: ['scored', 'awaiting-approval'],
    to: 'offered',
    who: ['system'],
    guards: ['packet-current', 'threshold-reached', 'approval-given'],
  },
  { event: 'acknowledge', from: ['offered'], to: 'acknowledged', who: ['receiver'], guards: [] },
  { event: 'misread', from: ['acknowledged'], to: 'acknowledged', who: ['receiver'], guards: ['attempts-left'] },
  {
    event: 'accept',
    from: ['acknowledged'],
    to: 'accepted',
    who: ['receiver'],
    guards: ['packet-current', 'attempts-left', 'criteria-met'],
  },
  {
    event: 'reject',
    from: ['offered', 'acknowledged'],
    to: 'rejected',
    who: ['receiver'],
    guards: ['reason-declared'],
  },
  { event: 'start', from: ['accepted'], to: 'in-delivery', who: ['receiver'], guards: [] },
  { event: 'deliver', from: ['in-delivery'], to: 'delivered', who: ['receiver'], guards: [] },
  { event: 'rework', from: ['delivered'], to: 'in-delivery', who: ['sender', 'system'], guards: ['bounces-left'] },
  { event: 'verify', from: ['delivered'], to: 'verified', who: ['sender', 'system'], guards: ['criteria-met'] },
  { event: 'close', from: ['verified'], to: 'closed', who: ['sender', 'system'], guards: ['obligations-settled'] },
  // A question of the receiver is a return; what an approver or the customer brings up is not held against anybody.
  { event: 'ask', from: WITH_RECEIVER, to: 'clarify', who: ['receiver'], guards: ['bounces-left'] },
  { event: 'ask', from: ['awaiting-approval'], to: 'clarify', who: ['approver'], guards: [] },
  { event: 'ask', from: [...WITH_RECEIVER, 'delivered', 'paused'], to: 'clarify', who: ['customer'], guards: [] },
  { event: 'answer', from: ['clarify'], to: 'back', who: ['sender'], guards: [] },
  {
    event: 'escalate',
    from: [...WITH_RECEIVER, 'delivered', 'clarify', 'paused'],
    to: 'escalated',
    who: ['system', 'sender', 'receiver', 'oversight'],
    guards: ['cause-shown'],
  },
  { event: 'resume', from: ['escalated'], to: 'back', who: ['oversight'], guards: [] },
  { event: 'expire', from: ['escalated'], to: 'expired', who: ['system'], guards: ['escalation-due'] },
  // The approval desk fails closed by its own deadlines.
  { event: 'expire', from: ['awaiting-approval'], to: 'expired', who: ['system'], guards: [] },
  {
    event: 'pause',
    from: WITH_RECEIVER,
    to: 'paused',
    who: ['sender', 'receiver', 'system'],
    guards: ['pause-declared'],
  },
  { event: 'continue', from: ['paused'], to: 'back', who: ['sender', 'receiver', 'customer', 'system'], guards: [] },
  { event: 'supersede', from: OPEN, to: 'superseded', who: ['sender', 'system', 'oversight'], guards: [] },
  {
    event: 'withdraw',
    from: [...BEFORE_OFFER, 'offered', 'acknowledged', ...ASIDE],
    to: 'withdrawn',
    who: ['sender', 'oversight'],
    guards: ['not-accepted-before'],
  },
  {
    event: 'roll-back',
    from: [...WITH_RECEIVER, 'delivered', 'verified', ...ASIDE],
    to: 'rolled-back',
    who: ['system', 'oversight'],
    guards: [],
  },
];

/** The transitions that lead away from a state, in the table's order. */
export function transitionsFrom(state: State): Transition[] {
  return transitions.filter(({ from }) => from.includes(state));
}
