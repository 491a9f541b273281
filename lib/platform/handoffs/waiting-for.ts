import type { HandoffWait } from '../skill/handoff-protocol.ts';
import type { OpenHandoff } from './handoff.ts';

/** What GET /executions/{id} shows of a handoff that waits for somebody. Neither links nor tokens. */
export interface WaitingForHandoff
  extends Pick<HandoffWait, 'state' | 'awaits' | 'title' | 'part' | 'party' | 'people' | 'clock' | 'dueAt'> {
  readonly handoff: string;
}

/** What a handoff waits for; `undefined` where there is none, or it has ended. */
export function waitingForHandoff(handoff: OpenHandoff | undefined): WaitingForHandoff | undefined {
  if (handoff?.wait === undefined) return undefined;
  const { state, awaits, title, part, party, people, clock, dueAt } = handoff.wait;
  return { handoff: handoff.summary.handoff, state, awaits, title, part, party, people, clock, dueAt };
}
