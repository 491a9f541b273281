import { canonicalJson } from '../../core/digest.ts';
import { Conflict, CountersignError, type Problem } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { applyEffects } from './effects.ts';
import { type EventType, type HandoffEvent, type HandoffEventInput, handoffEvent, type Part } from './events.ts';
import { guards } from './guards.ts';
import type { Handoff } from './handoff.ts';
import type { State } from './states.ts';
import { type Transition, transitionsFrom } from './transitions.ts';

/** What is possible from where a handoff stands. */
export interface LegalEvent {
  readonly event: EventType;
  readonly to: State;
  readonly who: readonly Part[];
}

/** An event that cannot happen here, or not yet, or not by this party. It names what can. */
export class IllegalTransition extends CountersignError {
  readonly code = 'IllegalTransition';
  readonly state: State;
  readonly event: EventType;
  readonly legal: readonly LegalEvent[];

  constructor(handoff: Handoff, event: EventType, problems: readonly Problem[]) {
    const legal = legalFrom(handoff);
    const named =
      legal.length === 0 ? 'nothing: it has ended' : [...new Set(legal.map((each) => each.event))].join(', ');
    super(`"${event}" cannot happen to a handoff that is ${handoff.state}; what can: ${named}.`, problems);
    this.state = handoff.state;
    this.event = event;
    this.legal = legal;
  }
}

function target({ back, state }: Handoff, { to }: Transition): State {
  return to === 'back' ? (back.at(-1) ?? state) : to;
}

/** The events that the table allows from where a handoff stands; guards may ask for more. */
export function legalFrom(handoff: Handoff): LegalEvent[] {
  return transitionsFrom(handoff.state).map((each) => ({
    event: each.event,
    to: target(handoff, each),
    who: each.who,
  }));
}

function problem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}

function transitionFor(handoff: Handoff, event: HandoffEvent): Transition {
  const possible = transitionsFrom(handoff.state).filter((each) => each.event === event.type);
  if (possible.length === 0) {
    const message = `Nothing leads from "${handoff.state}" by "${event.type}".`;
    throw new IllegalTransition(handoff, event.type, [
      problem('/type', 'no-such-transition', message, 'Send an event that is legal here.'),
    ]);
  }
  const mine = possible.find(({ who }) => who.includes(event.by.part));
  if (mine !== undefined) return mine;
  const who = [...new Set(possible.flatMap((each) => each.who))].join(', ');
  const message = `"${event.type}" is not for the part "${event.by.part}".`;
  throw new IllegalTransition(handoff, event.type, [
    problem('/by/part', 'not-your-part', message, `It is for: ${who}.`),
  ]);
}

/**
 * Applies one event. Pure: the handoff that comes in is left as it is.
 *
 * An event that was applied before changes nothing, be it recorded later this time, so events may be repeated. One that comes too early for its state is refused and
 * can be sent again later, so events may arrive out of order. Time never runs backwards: `at` is when an event was recorded.
 * @throws InvalidInput when the event has not the shape of one; Conflict (`event-id-reused`) when its id stands for another one;
 *   IllegalTransition (`no-such-transition`, `not-your-part`, `before-last-event`, or the code of a guard).
 */
export function advance(handoff: Handoff, input: HandoffEventInput): Handoff {
  const event = parseWith(handoffEvent, input, 'The event');
  const seen = handoff.history.find((entry) => entry.event.id === event.id);
  if (seen !== undefined) {
    // Whoever repeats it knows not when it was recorded the first time.
    if (canonicalJson({ ...seen.event, at: event.at }) === canonicalJson(event)) return handoff;
    const message = `The id "${event.id}" stands for another event already.`;
    throw new Conflict(message, [problem('/id', 'event-id-reused', message, 'Give each event an id of its own.')]);
  }
  const transition = transitionFor(handoff, event);
  if (event.at < handoff.updatedAt) {
    const message = `The event is recorded at ${event.at}, before the last one at ${handoff.updatedAt}.`;
    throw new IllegalTransition(handoff, event.type, [
      problem('/at', 'before-last-event', message, 'Record it at the time it arrives.'),
    ]);
  }
  const refusals = transition.guards.flatMap((name) => guards[name](handoff, event) ?? []);
  if (refusals.length > 0) {
    throw new IllegalTransition(
      handoff,
      event.type,
      refusals.map(({ code, message, mend }) => problem('', code, message, mend)),
    );
  }
  const to = target(handoff, transition);
  const next = applyEffects(handoff, event, to);
  const seq = handoff.history.length + 1;
  return {
    ...next,
    state: to,
    updatedAt: event.at,
    history: [...handoff.history, { seq, from: handoff.state, to, event }],
  };
}

/** Applies events in order: the same draft and events always give the same handoff. @throws as `advance`. */
export function replay(draft: Handoff, events: readonly HandoffEventInput[]): Handoff {
  return events.reduce<Handoff>(advance, draft);
}
